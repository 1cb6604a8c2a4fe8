import { attribute, required, table } from "../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../shared/alloy/composite-types.ts";
import { int } from "../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../shared/alloy/text-types.ts";
import { type DnsType, dnsTarget, dnsTypes } from "../../../shared/discovery/dns.ts";
import { createDnsLookup } from "../../../shared/node/dns-lookup.ts";
import { defineComponent } from "../../controller/component.ts";
import { refreshed } from "./refresh.ts";

const args = table(
  {
    names: required(list(string)),
    type: attribute(string, { default: "SRV" }),
    port: attribute(int),
    refresh_interval: attribute(duration, { default: 30_000 }),
  },
  {
    validate({ names, type, port, refresh_interval: interval }) {
      if (names.length === 0) return "DNS-SD config must contain at least one SRV record name";
      const known = typeOf(type);
      if (!known) return `invalid DNS-SD records type ${type}`;
      if (known !== "SRV" && port === 0) {
        return "a port is required in DNS-SD configs for all record types except SRV";
      }
      return interval <= 0 ? "refresh_interval must be greater than 0" : undefined;
    },
  },
);

/** discovery.dns: the records of names; a name that cannot be looked up keeps its last targets. */
export const dnsDiscovery = defineComponent({
  name: "discovery.dns",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build: (given, context) =>
    refreshed(given, context, ({ names, type, port, refresh_interval: intervalMs }) => {
      const lookup = createDnsLookup();
      const known = typeOf(type) ?? "SRV";
      const last = new Map<string, readonly Target[]>();
      return {
        intervalMs,
        async refresh() {
          const answers = await Promise.all(names.map(async (name) => ({ name, answer: await lookup(name, known) })));
          for (const { name, answer } of answers) {
            if (answer.kind === "failed") context.emit("discovery.failed", { message: answer.message });
            else
              last.set(
                name,
                answer.records.map((record) => dnsTarget(record, { name, type: known, port })),
              );
          }
          return { kind: "targets", targets: [...last.values()].flat() };
        },
        close() {},
      };
    }),
});

function typeOf(text: string): DnsType | undefined {
  return dnsTypes.find((type) => type === text.toUpperCase());
}
