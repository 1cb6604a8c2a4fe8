import { OTLPLogExporter as GrpcLogs } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter as GrpcMetrics } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter as GrpcTraces } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as ProtobufTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import type { SignalName } from "../../../shared/signal.ts";

/** A real exporter of an OpenTelemetry SDK. */
export interface OtlpClient {
  readonly label: string;
  readonly signal: SignalName;
  /** Exports items with these names in one request; true when the exporter says that they were taken. */
  send(names: readonly string[]): Promise<boolean>;
  close(): Promise<void>;
}

export interface OtlpClientsOptions {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly timeoutMillis?: number;
}

const resource = resourceFromAttributes({ "service.name": "checkout" });

/** One client for each signal and transport that matters: gRPC plain and gzip, HTTP protobuf with gzip, HTTP JSON. */
export function createOtlpClients({ grpcPort, httpPort, timeoutMillis = 10_000 }: OtlpClientsOptions): OtlpClient[] {
  const grpc = { url: `http://127.0.0.1:${grpcPort}`, timeoutMillis };
  const http = (path: string) => ({ url: `http://127.0.0.1:${httpPort}${path}`, timeoutMillis });
  const gzip = { compression: "gzip" as never };
  return [
    client("gRPC traces", "traces", new GrpcTraces(grpc), spansOf),
    client("gRPC logs, gzip", "logs", new GrpcLogs({ ...grpc, ...gzip }), logsOf),
    client("gRPC metrics, gzip", "metrics", new GrpcMetrics({ ...grpc, ...gzip }), metricsOf),
    client("HTTP traces, gzip", "traces", new ProtobufTraces({ ...http("/v1/traces"), ...gzip }), spansOf),
    client("HTTP metrics, JSON", "metrics", new JsonMetrics(http("/v1/metrics")), metricsOf),
  ];
}

interface Exporter<Data> {
  export(data: Data, done: (result: { readonly code: number }) => void): void;
  shutdown(): Promise<void>;
}

function client<Data>(
  label: string,
  signal: SignalName,
  exporter: Exporter<Data>,
  make: (names: readonly string[]) => Data | Promise<Data>,
): OtlpClient {
  return {
    label,
    signal,
    async send(names) {
      const data = await make(names);
      return new Promise((resolve) => exporter.export(data, ({ code }) => resolve(code === 0)));
    },
    close: () => exporter.shutdown(),
  };
}

const idle = { async forceFlush() {}, async shutdown() {} };

function spansOf(names: readonly string[]): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const collect = { ...idle, onStart() {}, onEnd: (span: ReadableSpan) => void spans.push(span) };
  const tracer = new TracerProvider({ resource, spanProcessors: [collect] }).getTracer("test");
  for (const name of names) tracer.startSpan(name).end();
  return spans;
}

function logsOf(names: readonly string[]): ReadableLogRecord[] {
  const records: ReadableLogRecord[] = [];
  const collect = { ...idle, onEmit: (record: ReadableLogRecord) => void records.push(record) };
  const logger = new LoggerProvider({ resource, processors: [collect] }).getLogger("test");
  for (const body of names) logger.emit({ body });
  return records;
}

class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

async function metricsOf(names: readonly string[]) {
  const reader = new OnDemandReader();
  const provider = new MeterProvider({ resource, readers: [reader] });
  const gauge = provider.getMeter("test").createGauge("load");
  for (const name of names) gauge.record(1, { name });
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics;
}
