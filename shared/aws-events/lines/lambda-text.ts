import type { Attribute } from "../../otlp/write-attribute.ts";
import { type Severity, severityOf } from "../severity.ts";
import { parseIsoTime } from "./iso-time.ts";
import { isMeasure, type MeasureName, measureAttributes, measureOfWords, measurePoints } from "./lambda-report.ts";
import type { RecognisedLine } from "./line-format.ts";
import { traceOfXray } from "./trace-header.ts";

const idShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const platformShape = /^(START|END|REPORT) RequestId: ([0-9a-f-]{36})/i;
const otherPlatformShape = /^(INIT_START|INIT_REPORT|RESTORE_START|RESTORE_REPORT|EXTENSION|TELEMETRY)[ \t]/;
const timeoutShape = /^(\S{20,35}) ([0-9a-f-]{36}) Task timed out after /i;
const exitShape = /^(?:\S{20,35} [0-9a-f-]{36} |RequestId: ([0-9a-f-]{36}) )(?:Error: |Process exited )/i;
const versionShape = /Version: (\$LATEST|\d{1,20})\s*$/;
const fieldShape = /^([A-Z][A-Za-z ]{1,40}): (.{1,200})$/;
const measureShape = /^(\d{1,12}(?:\.\d{1,9})?) (?:ms|MB)$/;
const headLength = 512;
const maxFields = 40;
const failure: Severity = { number: 17, text: "ERROR" };
const ordinary: Severity = { number: 9, text: "INFO" };

/**
 * Lines of a function with the log format Text (Lambda guide, "Viewing CloudWatch logs for Lambda"): those of the platform, and those
 * that the runtimes of Node, .NET and Python write for `console` and `logging`. A report becomes metrics too.
 */
export function recogniseLambdaText(line: string): RecognisedLine | undefined {
  const head = line.slice(0, headLength);
  const platform = platformShape.exec(head);
  if (platform) return platformLine(line, platform[1] as string, platform[2] as string);
  const other = otherPlatformShape.exec(head);
  if (other) return otherPlatformLine(line, other[1] as string);
  const timeout = timeoutShape.exec(head);
  if (timeout)
    return { time: parseIsoTime(timeout[1] as string), severity: failure, attributes: invocation(timeout[2]) };
  const exit = exitShape.exec(head);
  if (exit) return { severity: failure, attributes: invocation(exit[1]) };
  return applicationLine(head);
}

function platformLine(line: string, word: string, requestId: string): RecognisedLine {
  const eventName = `platform.${word.toLowerCase()}`;
  const attributes = invocation(requestId);
  if (word === "REPORT") return reportLine(line, eventName, attributes);
  const version = versionShape.exec(line.slice(0, headLength))?.[1];
  const withVersion = version === undefined ? attributes : [...attributes, { name: "faas.version", value: version }];
  return { severity: ordinary, eventName, attributes: withVersion };
}

function otherPlatformLine(line: string, word: string): RecognisedLine {
  const eventName = `platform.${word.toLowerCase().replace(/_(.)/, (_, letter: string) => letter.toUpperCase())}`;
  return word.endsWith("REPORT") ? reportLine(line, eventName, []) : { severity: ordinary, eventName, attributes: [] };
}

/** `REPORT RequestId: …`, tab, `Duration: 12.34 ms`, and so on; in a second line `XRAY TraceId: …`. */
function reportLine(line: string, eventName: string, attributes: readonly Attribute[]): RecognisedLine {
  const fields = fieldsOf(line.replace(/^[A-Z_]+ /, ""));
  const measures: Partial<Record<MeasureName, number>> = {};
  for (const [words, value] of fields) {
    const name = measureOfWords(words);
    const number = Number(measureShape.exec(value)?.[1] ?? Number.NaN);
    if (name !== undefined && isMeasure(number)) measures[name] = number;
  }
  const status = fields.get("Status");
  const texts = (["Status", "Error Type", "Phase"] as const).flatMap((words) => {
    const value = fields.get(words);
    return value === undefined ? [] : [{ name: `aws.lambda.${words.toLowerCase().replace(" ", "_")}`, value }];
  });
  return {
    severity: status === undefined || status === "success" ? ordinary : failure,
    eventName,
    attributes: [...attributes, ...measureAttributes(measures, eventName === "platform.report"), ...texts],
    trace: traceOfXray(fields.get("TraceId") ?? "", fields.get("SegmentId")),
    metrics: measurePoints(measures),
  };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(/[\t\n]/, maxFields)) {
    const field = fieldShape.exec(part.trim().replace(/^XRAY /, ""));
    if (field) fields.set(field[1] as string, field[2] as string);
  }
  return fields;
}

/** Node and .NET: time, request, level, text. Python: level in brackets, time, request, text. Tabs between them. */
function applicationLine(head: string): RecognisedLine | undefined {
  const [first = "", second = "", third = ""] = head.split("\t", 3);
  const bracketed = /^\[([A-Z]{4,8})\]/.exec(first)?.[1];
  if (bracketed !== undefined) {
    const severity = severityOf(bracketed);
    return severity && { severity, time: parseIsoTime(second), attributes: invocation(third) };
  }
  const time = parseIsoTime(first);
  const severity = severityOf(third);
  if (!time || !severity || !(idShape.test(second) || second === "undefined" || second === "")) return undefined;
  return { time, severity, attributes: invocation(second) };
}

function invocation(requestId: string | undefined): readonly Attribute[] {
  return requestId !== undefined && idShape.test(requestId) ? [{ name: "faas.invocation_id", value: requestId }] : [];
}
