import type { Exporter } from "../../delivery/exporter.ts";
import { classify } from "./classify.ts";
import { request } from "./request.ts";

/** OTLP over gRPC: unary calls, as `ExportTraceServiceRequest` and its siblings. */
export const otlpGrpcExporter: Exporter = {
  protocol: "otlp-grpc",
  formats: ["otlp/traces", "otlp/metrics", "otlp/logs"],
  encodings: ["gzip", "identity"],
  request,
  classify,
  // A request without fields is valid: zero bytes.
  probe: (format) => ({ format, encoding: "identity", body: new Uint8Array(0) }),
};
