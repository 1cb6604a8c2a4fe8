import { OTLPLogExporter as GrpcLogs } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as GrpcMetrics } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as GrpcTraces } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { signals } from "../../shared/otlp/signals.ts";
import { decodeStatus } from "../../shared/rpc/status.ts";
import type { SignalName } from "../../shared/signal.ts";
import type { SendOptions } from "../send-options.ts";
import { demoLogs } from "./logs.ts";
import { demoMetrics } from "./metrics.ts";
import { demoSpans } from "./traces.ts";

/** Sends `count` items in one request; resolves to why it failed, or to nothing. */
export type SendDemo = (count: number) => Promise<string | undefined>;

/** The real exporter of a signal, filled with demo telemetry. */
export function createDemo(signal: SignalName, options: SendOptions): SendDemo {
  const { protocol, compression, endpoint } = options;
  // The enum of these two words is in a package that the exporters depend on, not this one.
  const url = protocol === "grpc" ? endpoint : `${endpoint}${signals[signal].path}`;
  const settings = { url, compression: compression as never };
  switch (signal) {
    case "traces": {
      const exporter = new tracesExporters[protocol](settings);
      return async (count) => result((done) => exporter.export([...demoSpans(count, Date.now())], done));
    }
    case "metrics": {
      const exporter = new metricsExporters[protocol](settings);
      return async (count) => {
        const metrics = await demoMetrics(count);
        return result((done) => exporter.export(metrics, done));
      };
    }
    case "logs": {
      const exporter = new logsExporters[protocol](settings);
      return async (count) => result((done) => exporter.export([...demoLogs(count, Date.now())], done));
    }
  }
}

const tracesExporters = { "http/json": JsonTraces, "http/protobuf": ProtobufTraces, grpc: GrpcTraces };
const metricsExporters = { "http/json": JsonMetrics, "http/protobuf": ProtobufMetrics, grpc: GrpcMetrics };
const logsExporters = { "http/json": JsonLogs, "http/protobuf": ProtobufLogs, grpc: GrpcLogs };

type ExportResult = Parameters<Parameters<JsonTraces["export"]>[1]>[0];
const success = 0;

function result(start: (done: (result: ExportResult) => void) => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    start(({ code, error }) => {
      resolve(code === success ? undefined : describe(error));
    });
  });
}

function describe(error: (Error & { code?: unknown; data?: unknown }) | undefined): string {
  if (!error) return "the exporter gave no reason";
  const { code, data, message } = error;
  // A gRPC error has its code and words in its message.
  if (typeof code !== "number" || data === undefined) return message;
  return `HTTP ${code}: ${(typeof data === "string" && wordsOf(data)) || message}`;
}

/** The words of the Status in an answer's body, which the exporter hands over as text, whatever it was. */
function wordsOf(data: string): string {
  const bytes = Buffer.from(data);
  const status = decodeStatus(bytes, "json") ?? decodeStatus(bytes, "protobuf");
  const words = status?.message || data.replace(/[^\x20-\x7e]+/g, " ").trim();
  return words.slice(0, 300);
}
