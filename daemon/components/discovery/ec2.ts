import { attribute, blocks, type DecodedBy, required, table } from "../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../shared/alloy/composite-types.ts";
import { int } from "../../../shared/alloy/plain-types.ts";
import { duration, secret, string } from "../../../shared/alloy/text-types.ts";
import type { Clock } from "../../../shared/clock.ts";
import { describeInstances, describeZones, ec2Targets, zoneIds } from "../../../shared/discovery/ec2.ts";
import { errorText } from "../../../shared/error-text.ts";
import { defineComponent } from "../../controller/component.ts";
import { regionOf } from "./aws-service.ts";
import { openEc2 } from "./ec2-calls.ts";
import { type Refreshed, refreshed, type TargetSource } from "./refresh.ts";

const filter = table({ name: required(string), values: required(list(string)) });

const args = table(
  {
    endpoint: attribute(string),
    region: attribute(string),
    access_key: attribute(string),
    secret_key: attribute(secret),
    profile: attribute(string, { unsupported: "set AWS_PROFILE in the environment" }),
    role_arn: attribute(string),
    refresh_interval: attribute(duration, { default: 60_000 }),
    port: attribute(int, { default: 80 }),
    filter: blocks(filter),
  },
  {
    validate(given) {
      if (given.refresh_interval <= 0) return "refresh_interval must be greater than 0";
      if (regionOf(given.region) === "") return "EC2 SD configuration requires a region";
      const empty = given.filter.some(({ values }) => values.length === 0);
      return empty ? "EC2 SD configuration filter values cannot be empty" : undefined;
    },
  },
);

type Arguments = DecodedBy<typeof args>;

/** discovery.ec2: instances of a region, asked for with keys, a role, or the identity of this process. */
export const ec2Discovery = defineComponent({
  name: "discovery.ec2",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build: (given, context) => refreshed(given, context, (current) => sourceOf(current, context.clock)),
});

function sourceOf(given: Arguments, clock: Clock): TargetSource {
  const { region, call, pages, close } = openEc2(given, clock);
  let zones: ReadonlyMap<string, string> = new Map();

  return {
    intervalMs: given.refresh_interval,
    async refresh(signal): Promise<Refreshed> {
      try {
        if (zones.size === 0) zones = await call(describeZones(), signal).then(zoneIds, () => new Map());
        const targets: Target[] = [];
        for await (const answer of pages((next) => describeInstances(given.filter, next), signal)) {
          targets.push(...ec2Targets(answer, { region, port: given.port, zones }));
        }
        return { kind: "targets", targets };
      } catch (error) {
        const message = errorText(error);
        return { kind: "failed", message: `could not describe instances: ${message}` };
      }
    },
    close,
  };
}
