import { attribute, block, blockWithDefaults, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import type { AnyValue } from "../../../../shared/edit/any-value.ts";
import { errorText } from "../../../../shared/error-text.ts";
import type { Process } from "../../../../shared/processors/processor.ts";
import { createResourceMerge } from "../../../../shared/processors/resource-attributes.ts";
import { otlpConsumer } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { untilAborted } from "../../until-aborted.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { detectEc2, detectEcs, detectLambda } from "../detectors/aws.ts";
import type { Detector } from "../detectors/detector.ts";
import { detectDocker, detectEnv, detectSystem } from "../detectors/local.ts";
import { realSurroundings } from "../detectors/surroundings.ts";
import { createOutlet, output } from "../output.ts";
import { createProcessing } from "./processing.ts";

/** The attributes that each detector finds; those of `off` are left out unless they are enabled. */
const found = {
  system: {
    on: ["host.name", "os.type"],
    off: ["host.id", "host.arch", "host.ip", "host.mac", "os.version"],
  },
  ec2: {
    on: [
      "cloud.account.id",
      "cloud.availability_zone",
      "cloud.platform",
      "cloud.provider",
      "cloud.region",
      "host.id",
      "host.image.id",
      "host.name",
      "host.type",
    ],
    off: [],
  },
  ecs: {
    on: [
      "aws.ecs.cluster.arn",
      "aws.ecs.launchtype",
      "aws.ecs.task.arn",
      "aws.ecs.task.family",
      "aws.ecs.task.id",
      "aws.ecs.task.revision",
      "aws.log.group.arns",
      "aws.log.group.names",
      "aws.log.stream.arns",
      "aws.log.stream.names",
      "cloud.account.id",
      "cloud.availability_zone",
      "cloud.platform",
      "cloud.provider",
      "cloud.region",
    ],
    off: [],
  },
  lambda: {
    on: [
      "aws.log.group.names",
      "aws.log.stream.names",
      "cloud.platform",
      "cloud.provider",
      "cloud.region",
      "faas.instance",
      "faas.max_memory",
      "faas.name",
      "faas.version",
    ],
    off: [],
  },
  docker: { on: ["host.name", "os.type"], off: [] },
} as const;

/** The block `resource_attributes` of a detector: a block for each attribute, with `enabled`. */
function shown({ on, off }: { readonly on: readonly string[]; readonly off: readonly string[] }) {
  const row = (name: string, isOn: boolean) =>
    [name, blockWithDefaults(table({ enabled: attribute(bool, { default: isOn }) }))] as const;
  const rows = Object.fromEntries([...on.map((name) => row(name, true)), ...off.map((name) => row(name, false))]);
  return { resource_attributes: blockWithDefaults(table(rows)) };
}

const args = table(
  {
    detectors: attribute(list(string), { default: ["env"], help: "env, system, ec2, ecs, lambda, docker." }),
    override: attribute(bool, { default: true }),
    fail_on_missing_metadata: attribute(bool, { help: "A detector that fails makes the component unhealthy." }),
    timeout: attribute(duration, { default: 5000 }),
    system: block(
      table({ hostname_sources: attribute(list(string), { default: ["dns", "os"] }), ...shown(found.system) }),
    ),
    ec2: block(
      table({
        tags: attribute(list(string), { unsupported: "tags of instances are not asked for" }),
        max_attempts: attribute(int, { default: 3 }),
        max_backoff: attribute(duration, { default: 20_000 }),
        ...shown(found.ec2),
      }),
    ),
    ecs: block(table(shown(found.ecs))),
    lambda: block(table(shown(found.lambda))),
    docker: block(table(shown(found.docker))),
    output,
    debug_metrics: debugMetrics,
  },
  {
    validate({ detectors }) {
      if (detectors.length === 0) return "at least one detector must be specified";
      const bad = detectors.find((name) => !known.includes(name));
      return bad && `invalid detector: ${bad}; known here are ${known.join(", ")}`;
    },
  },
);

type Args = DecodedBy<typeof args>;

const known = ["env", "system", "ec2", "ecs", "lambda", "docker"];
/** `otelcol.processor.resourcedetection`: adds to resources what is known of where the process runs; it looks once. */
export const resourcedetection = defineComponent({
  name: "otelcol.processor.resourcedetection",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build(given, context) {
    const unchanged: Process = (bytes) => ({ kind: "passed", bytes, droppedItems: 0 });
    let outlet = createOutlet(given.output, context);
    let process = unchanged;
    let current = given;
    // Requests wait for what is detected, at most `timeout` a detector.
    const begun = Promise.withResolvers<void>();
    let ready = begun.promise.then(async () => set(await detect(current, context)));
    const processing = createProcessing(() => ({ process, outlet }), context);

    function set(next: Process): void {
      process = next;
    }

    return {
      exports: {
        input: {
          gather: (limits) => outlet.gather(limits),
          async accept(request, abort) {
            await ready;
            return processing.accept(request, abort);
          },
        },
      },
      async run(abort) {
        begun.resolve();
        await untilAborted(abort);
      },
      update(next) {
        outlet = createOutlet(next.output, context);
        current = next;
        ready = detect(current, context).then(set);
      },
      debugInfo: () => ({ detectors: current.detectors }),
    };
  },
});

/** The first detector that finds an attribute has it; one that fails is logged and skipped. */
async function detect(given: Args, { hostname, emit, setHealth }: ComponentContext<unknown>): Promise<Process> {
  const missing: string[] = [];
  const surroundings = realSurroundings(hostname, given.timeout);
  const merged = new Map<string, AnyValue>();
  for (const name of given.detectors) {
    try {
      const attributes = await detectorOf(name, given)(surroundings);
      for (const [key, value] of attributes)
        if (!merged.has(key) && isEnabled(key, name, given)) merged.set(key, value);
    } catch (error) {
      const message = errorText(error);
      emit("detector.failed", { detector: name, message });
      missing.push(`${name}: ${message}`);
    }
  }
  if (given.fail_on_missing_metadata && missing.length > 0)
    setHealth("unhealthy", `failed to create components: failed to detect resource: ${missing.join("; ")}`);
  else setHealth("healthy", "started scheduled components");
  return createResourceMerge(merged, given);
}

function detectorOf(name: string, { system }: Args): Detector {
  switch (name) {
    case "system":
      return detectSystem(system?.hostname_sources ?? ["dns", "os"]);
    case "ec2":
      return detectEc2;
    case "ecs":
      return detectEcs;
    case "lambda":
      return detectLambda;
    case "docker":
      return detectDocker;
    default:
      return detectEnv;
  }
}

function isEnabled(key: string, detector: string, given: Args): boolean {
  const blocks = { system: given.system, ec2: given.ec2, ecs: given.ecs, lambda: given.lambda, docker: given.docker };
  if (!Object.hasOwn(blocks, detector)) return true;
  const name = detector as keyof typeof blocks;
  const setting = blocks[name]?.resource_attributes[key];
  return setting?.enabled ?? !(found[name].off as readonly string[]).includes(key);
}
