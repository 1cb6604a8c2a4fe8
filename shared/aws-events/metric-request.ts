import { writeAttribute } from "../otlp/write-attribute.ts";
import { WireWriter } from "../wire/wire-writer.ts";
import { writeTag, writeText } from "../wire/write-fields.ts";
import { summaryStatistics } from "./embedded-gauges.ts";
import type { MetricPoint, MetricSummary, ResourcePoints } from "./metric-point.ts";
import { writeTime } from "./write-time.ts";

// ExportMetricsServiceRequest.resource_metrics; ResourceMetrics.resource, .scope_metrics; ScopeMetrics.metrics.
const resourceMetricsTag = 0x0a;
const resourceTag = 0x0a;
const scopeMetricsTag = 0x12;
const metricTag = 0x12;
const resourceAttributeTag = 0x0a;
// Metric.name, .unit, .gauge, .summary; data_points of both.
const nameTag = 0x0a;
const unitTag = 0x1a;
const gaugeTag = 0x2a;
const summaryTag = 0x5a;
const pointTag = 0x0a;
// NumberDataPoint and SummaryDataPoint: their attributes and times have the same numbers.
const timeTag = 0x19;
const doubleTag = 0x21;
const pointAttributeTag = 0x3a;
const countTag = 0x21;
const sumTag = 0x29;
const quantileTag = 0x32;
// SummaryDataPoint.ValueAtQuantile.
const quantileOfTag = 0x09;
const quantileValueTag = 0x11;

const initialBytes = 4096;

/**
 * Writes an `ExportMetricsServiceRequest` of points, straight as protobuf: a value is a gauge, a summary is a summary whose quantiles 0
 * and 1 are the least and the greatest value, as CloudWatch's metric streams write it. No bytes where there are no points.
 */
export function encodeMetricRequest(origins: readonly ResourcePoints[]): Uint8Array {
  const writer = new WireWriter(initialBytes, Number.POSITIVE_INFINITY);
  const known: EncodedAttributes = new Map();
  for (const { resource, points } of origins) {
    if (points.length === 0) continue;
    nest(writer, resourceMetricsTag, () => {
      nest(writer, resourceTag, () => {
        for (const attribute of resource) writeAttribute(writer, resourceAttributeTag, attribute);
      });
      nest(writer, scopeMetricsTag, () => {
        for (const metric of byMetric(points)) writeMetrics(writer, metric, known);
      });
    });
  }
  return writer.finish();
}

/** Points of one name, unit and kind each. */
function byMetric(points: readonly MetricPoint[]): readonly (readonly MetricPoint[])[] {
  const groups = new Map<string, MetricPoint[]>();
  for (const point of points) {
    const key = `${typeof point.value} ${point.unit}\n${point.name}`;
    const group = groups.get(key);
    if (group) group.push(point);
    else groups.set(key, [point]);
  }
  return [...groups.values()];
}

/** By the list itself: all statistics of a metric share theirs (bench/aws-logs.ts, embedded metrics). */
type EncodedAttributes = Map<MetricPoint["attributes"], Uint8Array>;

function writeMetrics(writer: WireWriter, points: readonly MetricPoint[], known: EncodedAttributes): void {
  const [first] = points;
  if (!first) return;
  const { name, unit, value, splits } = first;
  if (!splits) {
    const kind = typeof value === "number" ? gaugeTag : summaryTag;
    nest(writer, metricTag, () => writeMetric(writer, { name, unit, kind, points }, known));
    return;
  }
  for (const { suffix, unit: own = unit, of } of summaryStatistics) {
    const metric = { name: `${name}_${suffix}`, unit: own, kind: gaugeTag, points, of };
    nest(writer, metricTag, () => writeMetric(writer, metric, known));
  }
}

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly kind: number;
  readonly points: readonly MetricPoint[];
  /** What is written of a summary; absent: all of it. */
  readonly of?: (summary: MetricSummary) => number;
}

function writeMetric(writer: WireWriter, { name, unit, kind, points, of }: Metric, known: EncodedAttributes): void {
  writeText(writer, nameTag, name);
  if (unit !== "") writeText(writer, unitTag, unit);
  writeTag(writer, kind);
  const start = writer.open(3);
  for (const { timeMs, value, attributes } of points) {
    writeTag(writer, pointTag);
    const pointStart = writer.open(2);
    if (timeMs !== undefined) writeTime(writer, timeTag, { ms: timeMs });
    if (typeof value === "number") writeDouble(writer, doubleTag, value);
    else if (of) writeDouble(writer, doubleTag, of(value));
    else writeSummary(writer, value);
    writeAll(writer, attributes, known);
    writer.close(pointStart, 2);
  }
  writer.close(start, 3);
}

function writeAll(writer: WireWriter, attributes: MetricPoint["attributes"], known: EncodedAttributes): void {
  const encoded = known.get(attributes);
  if (encoded) {
    writer.ensure(encoded.length);
    writer.bytes.set(encoded, writer.at);
    writer.at += encoded.length;
    return;
  }
  const from = writer.at;
  for (const attribute of attributes) writeAttribute(writer, pointAttributeTag, attribute);
  known.set(attributes, writer.bytes.slice(from, writer.at));
}

function writeSummary(writer: WireWriter, { count, sum, min, max }: MetricSummary): void {
  writer.ensure(9);
  writer.tag(countTag);
  writer.fixed64(Math.floor(count / 2 ** 32), count >>> 0);
  writeDouble(writer, sumTag, sum);
  for (const [quantile, value] of [
    [0, min],
    [1, max],
  ] as const) {
    nest(writer, quantileTag, () => {
      writeDouble(writer, quantileOfTag, quantile);
      writeDouble(writer, quantileValueTag, value);
    });
  }
}

function writeDouble(writer: WireWriter, tag: number, value: number): void {
  writer.ensure(9);
  writer.tag(tag);
  writer.double(value);
}

function nest(writer: WireWriter, tag: number, write: () => void): void {
  writeTag(writer, tag);
  const start = writer.open(2);
  write();
  writer.close(start, 2);
}
