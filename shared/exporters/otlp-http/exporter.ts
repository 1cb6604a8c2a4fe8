import type { FormatName } from "../../batch/formats.ts";
import type { Exporter } from "../../delivery/exporter.ts";
import { classify } from "./classify.ts";
import { otlpSignals, request } from "./request.ts";

/** OTLP over HTTP/1.1, in protobuf. */
export const otlpHttpExporter: Exporter = {
  protocol: "otlp-http",
  formats: Object.keys(otlpSignals) as FormatName[],
  encodings: ["gzip", "identity"],
  request,
  classify,
  // A request without fields is valid: zero bytes.
  probe: (format) => ({ format, encoding: "identity", body: new Uint8Array(0) }),
};
