import {
  type ArgumentsOf,
  attribute,
  blocks,
  blockWithDefaults,
  required,
  table,
} from "../../../shared/alloy/arguments.ts";
import { map } from "../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../shared/alloy/text-types.ts";
import { writeMessages } from "../../../shared/receivers/remote-write/receive.ts";
import { httpClientFields } from "../blocks/http-client.ts";
import { proxyFields } from "../blocks/proxy.ts";
import { relabelRule } from "../relabel-rules.ts";
import { writeAuthFields } from "./write-auth.ts";

const queueConfig = table({
  capacity: attribute(int, { default: 10_000, help: "Taken, and without effect: what waits is on the disk." }),
  min_shards: attribute(int, { default: 1, help: "Fewest requests under way at a time; series are spread over them." }),
  max_shards: attribute(int, {
    default: 50,
    help: "Most of them, 24 at a time. The number follows the load; it changes when what waits has been sent.",
  }),
  max_samples_per_send: attribute(int, { default: 2_000, help: "Most samples of a request." }),
  batch_send_deadline: attribute(duration, {
    default: 5_000,
    help: "Longest wait of a sample for company, at most 1s.",
  }),
  min_backoff: attribute(duration, { default: 30, help: "Taken; the first pause after a failure is 250ms." }),
  max_backoff: attribute(duration, { default: 5_000, help: "Longest pause between two attempts." }),
  retry_on_http_429: attribute(bool, { default: true, unsupported: "An answer 429 is always tried again." }),
  sample_age_limit: attribute(duration, { help: "Older samples are dropped; 0s: none are." }),
});

const metadataConfig = table({
  send: attribute(bool, { default: true, help: "Whether metadata is sent." }),
  send_interval: attribute(duration, { default: 60_000, help: "Time between two times that it is sent." }),
  max_samples_per_send: attribute(int, { default: 2_000, help: "Most families of a request." }),
});

/** The table of arguments of an endpoint. */
export const endpointFields = {
  name: attribute(string, { help: "Names it in metrics and on the disk; default: its place and its URL's hash." }),
  url: required(string, { help: "Where requests go." }),
  remote_timeout: attribute(duration, { default: 30_000, help: "Longest time of one request." }),
  headers: attribute(map(string), { help: "Further headers." }),
  send_exemplars: attribute(bool, { default: true, help: "Whether exemplars are sent." }),
  send_native_histograms: attribute(bool, { help: "Whether native histograms are sent." }),
  protobuf_message: attribute(string, {
    default: writeMessages[0],
    help: `Message of remote write: ${writeMessages.join(" (1.0) or ")} (2.0, with --stability.level=experimental). A receiver that does not know 2.0 gets 1.0.`,
  }),
  round_robin_dns: attribute(bool, { unsupported: "The system resolves names." }),
  queue_config: blockWithDefaults(queueConfig),
  metadata_config: blockWithDefaults(metadataConfig),
  write_relabel_config: blocks(relabelRule, { help: "What is done to labels, in order." }),
  ...writeAuthFields,
  ...httpClientFields,
  ...proxyFields,
  enable_http2: attribute(bool, { help: "Taken, and without effect: requests are HTTP/1.1." }),
} as const;

/** The arguments of an endpoint. */
export type EndpointArgs = ArgumentsOf<typeof endpointFields>;
