import { asObject, type UnknownObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import type { MetricPoint, MetricSummary } from "../metric-point.ts";
import { unitOf } from "../units.ts";

// CloudWatch guide, "Specification: Embedded metric format"; what is beyond these is not of the format and is let be.
const maxDirectives = 100;
const maxMetrics = 100;
const maxSets = 30;
const maxDimensions = 30;
const maxValues = 100;
const maxTextLength = 1024;
/** All points of a line: one for each metric of each set. */
const maxPoints = 3000;

/**
 * The metrics of a line in CloudWatch's embedded metric format: a summary for each metric and set of dimensions, its values taken
 * together. What names a value or a dimension that is not there makes no point. The line itself stays a log record.
 */
export function readEmbeddedMetrics(document: UnknownObject): readonly MetricPoint[] | undefined {
  const aws = asObject(document._aws);
  const directives = aws?.CloudWatchMetrics;
  if (!Array.isArray(directives)) return undefined;
  const at = aws?.Timestamp;
  const timeMs = typeof at === "number" && Number.isSafeInteger(at) && at > 0 ? at : undefined;
  const points: MetricPoint[] = [];
  for (const directive of directives.slice(0, maxDirectives)) addDirective(document, asObject(directive) ?? {}, points);
  return points.map((point) => ({ ...point, timeMs }));
}

function addDirective(document: UnknownObject, directive: UnknownObject, points: MetricPoint[]): void {
  const namespace = directive.Namespace;
  if (!isText(namespace)) return;
  const named = { name: "Namespace", value: namespace };
  const sets = dimensionSets(document, directive.Dimensions).map((dimensions) => [named, ...dimensions]);
  for (const metric of arrayOf(directive.Metrics).slice(0, maxMetrics)) {
    const { Name: name, Unit: unit } = asObject(metric) ?? {};
    const value = isText(name) && Object.hasOwn(document, name) ? summaryOf(document[name]) : undefined;
    if (!isText(name) || value === undefined) continue;
    for (const attributes of sets) {
      if (points.length >= maxPoints) return;
      points.push({ name, unit: isText(unit) ? unitOf(unit) : "1", timeMs: undefined, attributes, value });
    }
  }
}

/** Without any set, or with an empty one, a metric has no dimensions. */
function dimensionSets(document: UnknownObject, sets: unknown): readonly (readonly Attribute[])[] {
  const given = arrayOf(sets).slice(0, maxSets);
  if (given.length === 0) return [[]];
  return given.flatMap((set) => {
    const dimensions = arrayOf(set)
      .slice(0, maxDimensions)
      .map((name) => dimensionOf(document, name));
    const known = dimensions.filter((dimension) => dimension !== undefined);
    return known.length === dimensions.length ? [known] : [];
  });
}

function dimensionOf(document: UnknownObject, name: unknown): Attribute | undefined {
  if (!isText(name) || !Object.hasOwn(document, name)) return undefined;
  const value = document[name];
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return isText(text) ? { name, value: text } : undefined;
}

/** A number, some of them, or values with counts (`{Values, Counts}`) or a statistic set (`{Min, Max, Sum, Count}`). */
function summaryOf(value: unknown): MetricSummary | undefined {
  if (typeof value === "number") return collect([value], []);
  if (Array.isArray(value)) return collect(value, []);
  const { Values: values, Counts: counts, Min: min, Max: max, Sum: sum, Count: count } = asObject(value) ?? {};
  if (Array.isArray(values)) return collect(values, arrayOf(counts));
  if (![min, max, sum, count].every(Number.isFinite)) return undefined;
  return whole({ min: min as number, max: max as number, sum: sum as number, count: count as number });
}

function collect(values: readonly unknown[], counts: readonly unknown[]): MetricSummary | undefined {
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [at, value] of values.slice(0, maxValues).entries()) {
    const times = counts[at] ?? 1;
    if (typeof value !== "number" || typeof times !== "number" || !(times > 0)) continue;
    count += times;
    sum += value * times;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return whole({ count, sum, min, max });
}

/** OTLP counts in whole numbers. */
function whole(summary: MetricSummary): MetricSummary | undefined {
  const count = Math.round(summary.count);
  return count > 0 && count <= Number.MAX_SAFE_INTEGER && Number.isFinite(summary.sum)
    ? { ...summary, count }
    : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= maxTextLength;
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
