import { type ArgumentsOf, attribute, block, blocks, table } from "../../../shared/alloy/arguments.ts";
import { map } from "../../../shared/alloy/composite-types.ts";
import { duration, string } from "../../../shared/alloy/text-types.ts";
import { fanOutSamples } from "../../../shared/prometheus/fan-out.ts";
import type { SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { writeMessages } from "../../../shared/receivers/remote-write/receive.ts";
import { sampleReceiver } from "../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../controller/component.ts";
import { httpClientProblem } from "../blocks/http-client.ts";
import { proxyProblem } from "../blocks/proxy.ts";
import { endpointFields } from "./write-arguments.ts";
import { writeAuthProblem } from "./write-auth.ts";
import { createWriteEndpoint, type WriteEndpoint } from "./write-endpoint.ts";

const endpointBlock = table(endpointFields, {
  validate(args) {
    if (!/^https?:\/\//.test(args.url) || !URL.canParse(args.url)) {
      return `${JSON.stringify(args.url)} is not an http or https URL`;
    }
    if (!writeMessages.some((message) => message === args.protobuf_message)) {
      return `unknown remote write protobuf message ${args.protobuf_message}, supported: ${writeMessages.join(", ")}`;
    }
    const others = [
      args.basic_auth,
      args.authorization,
      args.oauth2,
      args.bearer_token,
      args.bearer_token_file || undefined,
    ];
    const used = others.filter((each) => each !== undefined).length;
    return httpClientProblem(args) ?? proxyProblem(args) ?? writeAuthProblem(args, used);
  },
});

const wal = table(
  {
    truncate_frequency: attribute(duration, { default: 2 * 3_600_000 }),
    min_keepalive_time: attribute(duration, { default: 300_000 }),
    max_keepalive_time: attribute(duration, { default: 8 * 3_600_000 }),
  },
  {
    validate(args) {
      if (args.truncate_frequency === 0) {
        return "truncate_frequency must not be 0";
      }
      return args.max_keepalive_time <= args.min_keepalive_time
        ? "min_keepalive_time must be smaller than max_keepalive_time"
        : undefined;
    },
  },
);

const fields = {
  external_labels: attribute(map(string), { help: "Labels of series that have none of these names." }),
  endpoint: blocks(endpointBlock, { help: "Where samples are sent." }),
  wal: block(wal, { help: "Taken, and without effect: the disk queue is bounded by the settings of the storage." }),
} as const;

/** The arguments of prometheus.remote_write. */
export type RemoteWriteArgs = ArgumentsOf<typeof fields>;

/** Sends samples to endpoints over Prometheus' remote write, through a queue on the disk. */
export const remoteWrite = defineComponent({
  name: "prometheus.remote_write",
  stability: "generally-available",
  arguments: table(fields, { validate: problemOf }),
  exports: { receiver: sampleReceiver },
  build(args, context: ComponentContext<{ readonly receiver: SampleReceiver }>) {
    const component = { component_id: context.id };
    let endpoints = endpointsOf(args, context);
    let running: { readonly abort: AbortSignal; readonly done: Set<Promise<void>> } | undefined;
    let to = fanOutSamples(endpoints.map(({ receiver }) => receiver));

    let newestMs = 0;

    const receiver: SampleReceiver = {
      // Not async: the batch would be kept until it is durable, and copied by the garbage collector.
      consume(batch) {
        context.metrics.add("prometheus_remote_storage_samples_in_total", component, batch.series.length);
        for (const timeMs of batch.timesMs) if (timeMs > newestMs) newestMs = timeMs;
        context.metrics.set("prometheus_remote_storage_highest_timestamp_in_seconds", component, newestMs / 1_000);
        return to.consume(batch);
      },
    };

    function start(endpoint: WriteEndpoint): void {
      if (running) {
        running.done.add(endpoint.run(running.abort));
      }
    }

    return {
      exports: { receiver },
      async run(abort) {
        running = { abort, done: new Set() };
        endpoints.forEach(start);
        await new Promise<void>((resolve) => {
          abort.addEventListener("abort", () => resolve(), { once: true });
          if (abort.aborted) {
            resolve();
          }
        });
        await Promise.all(running.done);
      },
      async update(next) {
        const before = endpoints;
        endpoints = endpointsOf(next, context, before);
        to = fanOutSamples(endpoints.map((endpoint) => endpoint.receiver));
        await Promise.all(
          before.filter((endpoint) => !endpoints.includes(endpoint)).map((endpoint) => endpoint.close()),
        );
        endpoints.filter((endpoint) => !before.includes(endpoint)).forEach(start);
      },
      debugInfo: () => ({ endpoint: endpoints.map((endpoint) => endpoint.status()) }),
    };
  },
});

/** Endpoints of a configuration; one that has not changed goes on as it is. */
function endpointsOf(
  args: RemoteWriteArgs,
  context: ComponentContext<{ readonly receiver: SampleReceiver }>,
  before: readonly WriteEndpoint[] = [],
): readonly WriteEndpoint[] {
  const unstable = args.endpoint.find(({ protobuf_message: message }) => message === writeMessages[1]);
  if (unstable && context.stabilityLevel !== "experimental") {
    const what = `remote write v2 (protobuf_message=${writeMessages[1]}) with endpoint ${unstable.name}`;
    throw new Error(`using ${what} requires setting the stability.level flag to experimental`);
  }
  return args.endpoint.map((endpoint) => {
    const made = { endpoint, externalLabels: args.external_labels };
    return before.find((known) => known.isFor(made)) ?? createWriteEndpoint(made, context);
  });
}

function problemOf(args: RemoteWriteArgs): string | undefined {
  const names = args.endpoint.map(({ name, url }) => (name === "" ? url : name));
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return repeated === undefined
    ? undefined
    : `duplicate remote write configs are not allowed, found duplicate for ${JSON.stringify(repeated)}: give each endpoint a name`;
}
