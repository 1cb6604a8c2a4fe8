import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { Encoding } from "../../../shared/otlp/encoding.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import type { SignalName } from "../../../shared/signal.ts";
import { corpusLogRecords } from "../otlp/corpus-logs.ts";
import { corpusResourceMetrics } from "../otlp/corpus-metrics.ts";
import { corpusSpans } from "../otlp/corpus-traces.ts";

export interface SdkExportOptions {
  readonly endpoint: string;
  readonly encoding: Encoding;
  readonly compression: "gzip" | "none";
}

type Result = { readonly code: number; readonly error?: Error };

/** Exports corpus data with the SDK's own exporter; resolves to the same data as the SDK's protobuf serializer writes it. */
export async function exportWithSdk(signal: SignalName, options: SdkExportOptions): Promise<Uint8Array> {
  const { endpoint, encoding, compression } = options;
  const settings = { url: `${endpoint}${signals[signal].path}`, compression: compression as never };
  const json = encoding === "json";
  switch (signal) {
    case "traces": {
      const spans = [...corpusSpans({ items: 128, resources: 2 })];
      const exporter = json ? new JsonTraces(settings) : new ProtobufTraces(settings);
      await success((done) => exporter.export(spans, done));
      return ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array();
    }
    case "metrics": {
      const metrics = await corpusResourceMetrics(0, 120);
      const exporter = json ? new JsonMetrics(settings) : new ProtobufMetrics(settings);
      await success((done) => exporter.export(metrics, done));
      return ProtobufMetricsSerializer.serializeRequest(metrics) ?? new Uint8Array();
    }
    case "logs": {
      const records = [...corpusLogRecords({ items: 128, resources: 2 })];
      const exporter = json ? new JsonLogs(settings) : new ProtobufLogs(settings);
      await success((done) => exporter.export(records, done));
      return ProtobufLogsSerializer.serializeRequest(records) ?? new Uint8Array();
    }
  }
}

function success(start: (done: (result: Result) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start(({ code, error }) => (code === 0 ? resolve() : reject(error ?? new Error("the export failed"))));
  });
}
