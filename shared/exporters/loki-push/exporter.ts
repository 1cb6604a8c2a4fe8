import type { Exporter } from "../../delivery/exporter.ts";
import { classify } from "./classify.ts";
import { request } from "./request.ts";

/** Loki's push protocol: `logproto.PushRequest` in a snappy block. */
export const lokiPushExporter: Exporter = {
  protocol: "loki-push",
  formats: ["loki/push"],
  encodings: ["snappy"],
  request,
  classify,
  // A snappy block of no bytes, a request without streams: Loki answers 422, others 204.
  probe: (format) => ({ format, encoding: "snappy", body: Uint8Array.of(0) }),
};
