import { type SignalName, signalNames } from "../signal.ts";
import type { Message } from "../wire/schema.ts";
import { exportLogsServiceRequest, exportMetricsServiceRequest, exportTraceServiceRequest } from "./schema.ts";

/** A signal is a row: whatever differs between traces, metrics and logs stands here and nowhere else. */
export interface Signal {
  readonly name: SignalName;
  /** Path of OTLP/HTTP (OTLP specification, "OTLP/HTTP Request"). */
  readonly path: string;
  /** `:path` of the gRPC method. */
  readonly grpcPath: string;
  /** The export request message, as sent by clients and to the destination. */
  readonly request: Message;
  /** Field 1 of the signal's `Export…PartialSuccess`, as written in OTLP/JSON. */
  readonly rejectedField: string;
}

/** The name of the signal's payloads among all formats. */
export function formatOf({ name }: Signal): `otlp/${SignalName}` {
  return `otlp/${name}`;
}

/** The signals, a row each. */
export const signals: Readonly<Record<SignalName, Signal>> = {
  traces: signal("traces", "trace", exportTraceServiceRequest, "rejectedSpans"),
  metrics: signal("metrics", "metrics", exportMetricsServiceRequest, "rejectedDataPoints"),
  logs: signal("logs", "logs", exportLogsServiceRequest, "rejectedLogRecords"),
};

/** Names of OTLP's gRPC services, as a health check asks for them. */
export const otlpServices: readonly string[] = signalNames.map((name) => {
  const { grpcPath } = signals[name];
  return grpcPath.slice(1, grpcPath.lastIndexOf("/"));
});

function signal(name: SignalName, pkg: string, request: Message, rejectedField: string): Signal {
  const service = `${pkg[0]?.toUpperCase()}${pkg.slice(1)}Service`;
  const grpcPath = `/opentelemetry.proto.collector.${pkg}.v1.${service}/Export`;
  return { name, path: `/v1/${name}`, grpcPath, request, rejectedField };
}
