import { asObject, type UnknownObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import type { Severity } from "../severity.ts";
import { parseIsoTime } from "./iso-time.ts";
import { measureAttributes, measurePoints, measuresOf } from "./lambda-report.ts";
import type { RecognisedLine } from "./line-format.ts";
import { traceOfHeader } from "./trace-header.ts";

/** Texts of a record, and the attributes that they become. */
const texts = [
  ["requestId", "faas.invocation_id"],
  ["version", "faas.version"],
  ["functionVersion", "faas.version"],
  ["functionArn", "aws.lambda.invoked_arn"],
  ["status", "aws.lambda.status"],
  ["errorType", "aws.lambda.error_type"],
  ["phase", "aws.lambda.phase"],
  ["initializationType", "aws.lambda.initialization_type"],
  ["runtimeVersion", "aws.lambda.runtime_version"],
  ["name", "aws.lambda.extension.name"],
  ["state", "aws.lambda.extension.state"],
] as const;
const numbers = [
  ["droppedRecords", "aws.lambda.dropped_records"],
  ["droppedBytes", "aws.lambda.dropped_bytes"],
] as const;

/**
 * An event of the platform with the log format JSON: `{time, type: "platform.…", record}` (Lambda guide, "Lambda Telemetry API Event
 * schema reference"). A report becomes metrics too; that of a phase only where the report of an invocation does not repeat it.
 */
export function recogniseLambdaPlatform(document: UnknownObject): RecognisedLine | undefined {
  const { type, time } = document;
  const record = asObject(document.record);
  if (typeof type !== "string" || !type.startsWith("platform.") || !record) return undefined;
  const at = typeof time === "string" ? parseIsoTime(time) : undefined;
  const measures = measuresFor(type, asObject(record.metrics) ?? {});
  const header = asObject(record.tracing)?.value;
  return {
    time: at,
    severity: severityFor(type, record.status),
    eventName: type.slice(0, 64),
    attributes: [...attributesOf(record), ...measureAttributes(measures, type === "platform.report")],
    trace: typeof header === "string" ? traceOfHeader(header) : undefined,
    metrics: isMeasured(type, record) ? measurePoints(measures, at?.ms) : [],
  };
}

/** What a phase calls its duration is the init or restore duration of the report in the text format. */
function measuresFor(type: string, metrics: UnknownObject) {
  const { durationMs, ...others } = metrics;
  if (type === "platform.initReport") return measuresOf({ ...others, initDurationMs: durationMs });
  if (type === "platform.restoreReport") return measuresOf({ ...others, restoreDurationMs: durationMs });
  return measuresOf(metrics);
}

function isMeasured(type: string, { initializationType }: UnknownObject): boolean {
  return (
    type === "platform.report" || (type === "platform.initReport" && initializationType === "provisioned-concurrency")
  );
}

function severityFor(type: string, status: unknown): Severity {
  if (type === "platform.logsDropped") return { number: 13, text: "WARN" };
  return status === "failure" || status === "error" || status === "timeout"
    ? { number: 17, text: "ERROR" }
    : { number: 9, text: "INFO" };
}

function attributesOf(record: UnknownObject): readonly Attribute[] {
  return [
    ...texts.flatMap(([field, name]): Attribute[] => {
      const value = record[field];
      return typeof value === "string" && value !== "" ? [{ name, value }] : [];
    }),
    ...numbers.flatMap(([field, name]): Attribute[] => {
      const value = record[field];
      return typeof value === "number" ? [{ name, value }] : [];
    }),
  ];
}
