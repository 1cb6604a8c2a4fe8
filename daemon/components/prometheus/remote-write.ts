import {
  type ArgumentsOf,
  attribute,
  block,
  blocks,
  blockWithDefaults,
  required,
  table,
} from "../../../shared/alloy/arguments.ts";
import { map } from "../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../shared/alloy/text-types.ts";
import { fanOutSamples } from "../../../shared/prometheus/fan-out.ts";
import type { SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { sampleReceiver } from "../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../controller/component.ts";
import { httpClientFields, httpClientProblem } from "../blocks/http-client.ts";
import { relabelRule } from "../relabel-rules.ts";
import { createWriteEndpoint, type WriteEndpoint } from "./write-endpoint.ts";

const PROTOBUF_V1 = "prometheus.WriteRequest";
const unsupportedAuth = { unsupported: "Use basic_auth, authorization or bearer_token." };
const anything = table({});

const queueConfig = table({
  capacity: attribute(int, { default: 10_000, says: "Taken, and without effect: what waits is on the disk." }),
  min_shards: attribute(int, { default: 1, says: "Requests under way at a time; series are spread over them." }),
  max_shards: attribute(int, {
    default: 50,
    says: "Not fewer than min_shards; more shards are not made by themselves.",
  }),
  max_samples_per_send: attribute(int, { default: 2_000, says: "Most samples of a request." }),
  batch_send_deadline: attribute(duration, {
    default: 5_000,
    says: "Longest wait of a sample for company, at most 1s.",
  }),
  min_backoff: attribute(duration, { default: 30, says: "Taken; the first pause after a failure is 250ms." }),
  max_backoff: attribute(duration, { default: 5_000, says: "Longest pause between two attempts." }),
  retry_on_http_429: attribute(bool, { default: true, unsupported: "An answer 429 is always tried again." }),
  sample_age_limit: attribute(duration, { says: "Older samples are dropped; 0s: none are." }),
});

const metadataConfig = table({
  send: attribute(bool, { default: true, says: "Whether metadata is sent." }),
  send_interval: attribute(duration, { default: 60_000, says: "Time between two times that it is sent." }),
  max_samples_per_send: attribute(int, { default: 2_000, says: "Most families of a request." }),
});

const endpointFields = {
  name: attribute(string, { says: "Names it in metrics and on the disk; default: its place and its URL's hash." }),
  url: required(string, { says: "Where requests go." }),
  remote_timeout: attribute(duration, { default: 30_000, says: "Longest time of one request." }),
  headers: attribute(map(string), { says: "Further headers." }),
  send_exemplars: attribute(bool, { default: true, says: "Whether exemplars are sent." }),
  send_native_histograms: attribute(bool, { says: "Whether native histograms are sent." }),
  protobuf_message: attribute(string, {
    default: PROTOBUF_V1,
    unsupported: "Remote write 1.0 is sent; every receiver of 2.0 takes it.",
  }),
  round_robin_dns: attribute(bool, { unsupported: "The system resolves names." }),
  queue_config: blockWithDefaults(queueConfig),
  metadata_config: blockWithDefaults(metadataConfig),
  write_relabel_config: blocks(relabelRule, { says: "What is done to labels, in order." }),
  sigv4: block(anything, unsupportedAuth),
  azuread: block(anything, unsupportedAuth),
  google_iam: block(anything, unsupportedAuth),
  ...httpClientFields,
  enable_http2: attribute(bool, { says: "Taken, and without effect: requests are HTTP/1.1." }),
} as const;

/** The arguments of an endpoint. */
export type EndpointArgs = ArgumentsOf<typeof endpointFields>;

const endpointBlock = table(endpointFields, {
  validate(args) {
    if (!/^https?:\/\//.test(args.url) || !URL.canParse(args.url)) {
      return `${JSON.stringify(args.url)} is not an http or https URL`;
    }
    return httpClientProblem(args);
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
  external_labels: attribute(map(string), { says: "Labels of series that have none of these names." }),
  endpoint: blocks(endpointBlock, { says: "Where samples are sent." }),
  wal: block(wal, { says: "Taken, and without effect: the disk queue is bounded by the settings of the storage." }),
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

    const receiver: SampleReceiver = {
      async consume(batch) {
        context.metrics.add("prometheus_remote_storage_samples_in_total", component, batch.series.length);
        await to.consume(batch);
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
