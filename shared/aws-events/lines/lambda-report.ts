import type { Attribute } from "../../otlp/write-attribute.ts";
import type { MetricPoint } from "../metric-point.ts";

/** The measures of a report, by the names of the Lambda Telemetry API; undefined where the report has none. */
export type LambdaMeasures = Readonly<Partial<Record<MeasureName, number>>>;

export type MeasureName = keyof typeof measures;

const megabyte = 1_048_576;
const seconds = { unit: "s", scale: 0.001 };
const bytes = { unit: "By", scale: megabyte };

/** The words of the text format, the attribute of the log record, the metric. */
const measures = {
  durationMs: { words: "Duration", attribute: "aws.lambda.duration_ms", metric: "aws.lambda.duration", ...seconds },
  billedDurationMs: {
    words: "Billed Duration",
    attribute: "aws.lambda.billed_duration_ms",
    metric: "aws.lambda.billed_duration",
    ...seconds,
  },
  initDurationMs: {
    words: "Init Duration",
    attribute: "aws.lambda.init_duration_ms",
    metric: "aws.lambda.init_duration",
    ...seconds,
  },
  restoreDurationMs: {
    words: "Restore Duration",
    attribute: "aws.lambda.restore_duration_ms",
    metric: "aws.lambda.restore_duration",
    ...seconds,
  },
  billedRestoreDurationMs: {
    words: "Billed Restore Duration",
    attribute: "aws.lambda.billed_restore_duration_ms",
    metric: "aws.lambda.billed_restore_duration",
    ...seconds,
  },
  memorySizeMB: {
    words: "Memory Size",
    attribute: "aws.lambda.memory_size_mb",
    metric: "aws.lambda.memory_size",
    ...bytes,
  },
  maxMemoryUsedMB: {
    words: "Max Memory Used",
    attribute: "aws.lambda.max_memory_used_mb",
    metric: "aws.lambda.max_memory_used",
    ...bytes,
  },
} as const;

const names = Object.keys(measures) as MeasureName[];
const wholeNumbers: ReadonlySet<MeasureName> = new Set(["billedDurationMs", "memorySizeMB", "maxMemoryUsedMB"]);
const namesByWords = new Map<string, MeasureName>(names.map((name) => [measures[name].words, name]));

/** The measure that the text format calls so. */
export function measureOfWords(words: string): MeasureName | undefined {
  return namesByWords.get(words);
}

/** The measures of a `metrics` object; what is not a number of 0 or more is left out. */
export function measuresOf(metrics: Readonly<Record<string, unknown>>): LambdaMeasures {
  return Object.fromEntries(names.flatMap((name) => (isMeasure(metrics[name]) ? [[name, metrics[name]]] : [])));
}

/** Whether a value can be one: finite, and not below 0. */
export function isMeasure(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/**
 * Attributes of the log record of a report, in the units of the line, and `faas.max_memory` in bytes as OpenTelemetry has it; a report
 * of an invocation says whether that was a cold start.
 */
export function measureAttributes(found: LambdaMeasures, isInvocation: boolean): readonly Attribute[] {
  const attributes = names.flatMap((name): Attribute[] => {
    const value = found[name];
    if (value === undefined) return [];
    const attribute = { name: measures[name].attribute, value };
    return [wholeNumbers.has(name) ? attribute : { ...attribute, isDouble: true }];
  });
  if (found.memorySizeMB !== undefined)
    attributes.push({ name: "faas.max_memory", value: found.memorySizeMB * megabyte });
  if (isInvocation) {
    const isCold = found.initDurationMs !== undefined || found.restoreDurationMs !== undefined;
    attributes.push({ name: "faas.coldstart", value: isCold });
  }
  return attributes;
}

/** The same as gauges, in seconds and bytes. */
export function measurePoints(found: LambdaMeasures, timeMs?: number): readonly MetricPoint[] {
  return names.flatMap((name): MetricPoint[] => {
    const value = found[name];
    const { metric, unit, scale } = measures[name];
    return value === undefined ? [] : [{ name: metric, unit, timeMs, attributes: [], value: scaled(value, scale) }];
  });
}

/** By division where it is exact: 12.34 ms are 0.01234 s. */
function scaled(value: number, scale: number): number {
  return scale < 1 ? value / Math.round(1 / scale) : value * scale;
}
