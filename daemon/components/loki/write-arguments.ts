import { attribute, block, blocks, blockWithDefaults, required, table } from "../../../shared/alloy/arguments.ts";
import { map } from "../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../shared/alloy/plain-types.ts";
import { duration, size, string } from "../../../shared/alloy/text-types.ts";
import { httpClientFields, httpClientProblem } from "../blocks/http-client.ts";

const mebibyte = 1_048_576;

const queueConfig = table({
  capacity: attribute(size, {
    default: 10 * mebibyte,
    help: "Bytes that may wait for the disk queue before entries are dropped.",
  }),
  min_shards: attribute(int, { default: 1 }),
  drain_timeout: attribute(duration, { default: 15_000 }),
  block_on_overflow: attribute(bool, { default: true, help: "Sources wait while the disk queue is full." }),
});

/** The block `endpoint` of loki.write. */
export const endpoint = table(
  {
    name: attribute(string),
    url: required(string),
    batch_wait: attribute(duration, { default: 1_000 }),
    batch_size: attribute(size, { default: mebibyte }),
    remote_timeout: attribute(duration, { default: 10_000 }),
    headers: attribute(map(string)),
    tenant_id: attribute(string),
    min_backoff_period: attribute(duration, { default: 500 }),
    max_backoff_period: attribute(duration, { default: 300_000 }),
    max_backoff_retries: attribute(int, {
      default: 10,
      help: "Not a limit here: what is in the disk queue is not dropped.",
    }),
    retry_on_http_429: attribute(bool, { default: true }),
    queue_config: blockWithDefaults(queueConfig),
    ...httpClientFields,
    proxy_url: attribute(string),
  },
  {
    validate(args) {
      if (URL.parse(args.url) === null) return `the url ${JSON.stringify(args.url)} cannot be parsed`;
      if (args.batch_size <= 0) return "batch_size must be greater than 0";
      return httpClientProblem(args);
    },
  },
);

const wal = table({
  enabled: attribute(bool),
  max_segment_age: attribute(duration, { default: 3_600_000 }),
  min_read_frequency: attribute(duration, { default: 250 }),
  max_read_frequency: attribute(duration, { default: 1_000 }),
  drain_timeout: attribute(duration, { default: 30_000 }),
});

/** The arguments of loki.write. The disk queue is its log, whatever `wal` says. */
export const writeArguments = table({
  endpoint: blocks(endpoint),
  external_labels: attribute(map(string)),
  max_streams: attribute(int, { help: "Streams of one batch; 0 for any number." }),
  wal: block(wal),
});
