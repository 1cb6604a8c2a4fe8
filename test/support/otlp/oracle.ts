import { createRequire } from "node:module";
import type { SignalName } from "../../../shared/signal.ts";

/** A message class of the generated codec, as far as tests use it. */
interface Codec {
  decode(bytes: Uint8Array): object;
  encode(message: object): { finish(): Uint8Array };
  fromObject(object: object): object;
  toObject(message: object, options?: object): Record<string, unknown>;
}

const root = createRequire(import.meta.url)("otlp-oracle/build/src/generated/root.js").opentelemetry.proto;

/** OpenTelemetry's own generated codec for the export requests: what the wire code is compared with. */
export const oracle: Readonly<Record<SignalName, Codec>> = {
  traces: root.collector.trace.v1.ExportTraceServiceRequest,
  metrics: root.collector.metrics.v1.ExportMetricsServiceRequest,
  logs: root.collector.logs.v1.ExportLogsServiceRequest,
};

/** Decodes a request to plain objects; 64-bit integers as strings, bytes as hexadecimal. */
export function decodeWithOracle(bytes: Uint8Array, signal: SignalName): Record<string, unknown> {
  const codec = oracle[signal];
  return codec.toObject(codec.decode(bytes), { longs: String, bytes: String, oneofs: false });
}
