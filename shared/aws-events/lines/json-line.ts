import { asObject, type UnknownObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import type { LogTime } from "../log-record.ts";
import { type Severity, severityOf } from "../severity.ts";
import { parseIsoTime } from "./iso-time.ts";
import type { RecognisedLine } from "./line-format.ts";
import { traceOfHeader, traceOfIds, traceOfXray } from "./trace-header.ts";

/** Where loggers put a level: Lambda's JSON format, Powertools, pino and bunyan, winston, zap, log4j, slog, Serilog, ECS. */
const levelFields = [
  "level",
  "severity",
  "log.level",
  "levelname",
  "loglevel",
  "logLevel",
  "lvl",
  "@l",
  "severityText",
  "severity_text",
];
const timeFields = ["timestamp", "time", "@timestamp", "ts", "@t"];
const requestFields = ["requestId", "AWSRequestId", "awsRequestId", "function_request_id", "aws_request_id"];
const traceFields = [
  ["trace_id", "span_id"],
  ["traceId", "spanId"],
  ["trace.id", "span.id"],
  ["traceid", "spanid"],
] as const;
const xrayFields = ["xray_trace_id", "xrayTraceId", "AWSTraceId", "X-Amzn-Trace-Id"];
const maxIdLength = 128;

/** The levels of pino and bunyan. */
const numberedLevels = new Map([
  [10, "trace"],
  [20, "debug"],
  [30, "info"],
  [40, "warn"],
  [50, "error"],
  [60, "fatal"],
]);

/**
 * What an application's JSON object says of its level, time, request and trace, in the fields that loggers use for them. The line stays
 * the body: no field of it is repeated. Undefined where it says nothing of these.
 */
export function recogniseJson(document: UnknownObject): RecognisedLine | undefined {
  const severity = levelOf(document);
  const time = timeOf(document);
  const trace = traceOf(document);
  const attributes = requestOf(document);
  return severity || time || trace || attributes.length > 0 ? { severity, time, trace, attributes } : undefined;
}

function levelOf(document: UnknownObject): Severity | undefined {
  for (const field of levelFields) {
    const severity = severityOfValue(document[field]);
    if (severity) return severity;
  }
  return severityOfValue(asObject(document.log)?.level);
}

function severityOfValue(value: unknown): Severity | undefined {
  const word = typeof value === "number" ? numberedLevels.get(value) : value;
  return typeof word === "string" ? severityOf(word) : undefined;
}

function timeOf(document: UnknownObject): LogTime | undefined {
  for (const field of timeFields) {
    const value = document[field];
    const time =
      typeof value === "string" ? parseIsoTime(value) : typeof value === "number" ? timeOfNumber(value) : undefined;
    if (time) return time;
  }
  return undefined;
}

/** Seconds with or without a fraction, milliseconds, microseconds or nanoseconds since 1970: which one, their size says. */
function timeOfNumber(value: number): LogTime | undefined {
  if (!(value >= 1e9 && value < 1e20)) return undefined;
  const ms = value < 1e11 ? value * 1000 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6;
  return { ms: Math.floor(ms) };
}

function traceOf(document: UnknownObject) {
  for (const [traceField, spanField] of traceFields) {
    const trace = traceOfIds(document[traceField], document[spanField]);
    if (trace) return trace;
  }
  for (const field of xrayFields) {
    const value = document[field];
    const trace = typeof value === "string" ? (traceOfXray(value) ?? traceOfHeader(value)) : undefined;
    if (trace) return trace;
  }
  return undefined;
}

function requestOf(document: UnknownObject): readonly Attribute[] {
  for (const field of requestFields) {
    const value = document[field];
    if (typeof value === "string" && value !== "" && value.length <= maxIdLength)
      return [{ name: "aws.request_id", value }];
  }
  return [];
}
