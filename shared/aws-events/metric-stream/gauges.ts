import type { WireWriter } from "../../wire/wire-writer.ts";
import { writeTag, writeText } from "../../wire/write-fields.ts";
import { gaugeUnit } from "../units.ts";
import { type Range, writeRaw } from "../wire-parts.ts";
import { statisticSuffix } from "./metric-name.ts";

/** Nanoseconds since 1970, as unsigned halves. */
export interface UnixNano {
  readonly high: number;
  readonly low: number;
}

/** One number about a period. */
export interface Statistic {
  /** `average`, `sum`, `minimum`, `maximum`, `sample_count`, or what CloudWatch calls it: `p99.9`, `TM(25%:75%)`. */
  readonly name: string;
  readonly value: number;
}

/** What CloudWatch says of a metric for one period. */
export interface Period {
  /** The attributes of the series, encoded as those of a data point. */
  readonly attributes: Uint8Array;
  readonly start: UnixNano;
  readonly end: UnixNano;
  readonly statistics: readonly Statistic[];
}

/** A metric, all of whose statistics become gauges. */
export interface CloudWatchMetric {
  /** Without the statistic. */
  readonly name: string;
  readonly unit: string;
  readonly periods: readonly Period[];
}

// ScopeMetrics.metrics; Metric.name, .unit, .gauge; Gauge.data_points; NumberDataPoint.start_time_unix_nano, .time_unix_nano, .as_double.
const metricsTag = 0x12;
const nameTag = 0x0a;
const unitTag = 0x1a;
const gaugeTag = 0x2a;
const pointTag = 0x0a;
const startTag = 0x11;
const timeTag = 0x19;
const doubleTag = 0x21;
/** Three fields of 64 bits with their tags. */
const fixedBytes = 27;

/** The statistics of a period out of its count, sum and the others that it has; an average where there is anything to average. */
export function statisticsOf(count: number, sum: number, others: readonly Statistic[]): readonly Statistic[] {
  const average = count > 0 ? [{ name: "average", value: sum / count }] : [];
  return [...average, { name: "sum", value: sum }, { name: "sample_count", value: count }, ...others];
}

/** Writes a gauge for each statistic, each with a data point for each period that has it. */
export function writeGauges(writer: WireWriter, { name, unit, periods }: CloudWatchMetric): void {
  for (const [statistic, values] of byStatistic(periods)) {
    writeTag(writer, metricsTag);
    const metricStart = writer.open(2);
    writeText(writer, nameTag, `${name}_${statisticSuffix(statistic)}`);
    const said = statistic === "sample_count" ? "{Count}" : gaugeUnit(unit);
    if (said !== "") writeText(writer, unitTag, said);
    writeTag(writer, gaugeTag);
    const gaugeStart = writer.open(2);
    for (const { period, value } of values) writePoint(writer, period, value);
    writer.close(gaugeStart, 2);
    writer.close(metricStart, 2);
  }
}

interface Value {
  readonly period: Period;
  readonly value: number;
}

function byStatistic(periods: readonly Period[]): Iterable<readonly [string, readonly Value[]]> {
  const [first, second] = periods;
  if (!first) return [];
  // CloudWatch writes a metric of its own for each minute of each series (bench/firehose.ts, gauges).
  if (!second) return first.statistics.map(({ name, value }) => [name, [{ period: first, value }]] as const);
  const all = new Map<string, Value[]>();
  for (const period of periods) {
    for (const { name, value } of period.statistics) {
      const values = all.get(name);
      if (values) values.push({ period, value });
      else all.set(name, [{ period, value }]);
    }
  }
  return all;
}

function writePoint(writer: WireWriter, { attributes, start, end }: Period, value: number): void {
  writeTag(writer, pointTag);
  const at = writer.open(2);
  writer.ensure(attributes.length + fixedBytes);
  writer.bytes.set(attributes, writer.at);
  writer.at += attributes.length;
  writer.tag(startTag);
  writer.fixed64(start.high, start.low);
  writer.tag(timeTag);
  writer.fixed64(end.high, end.low);
  writer.tag(doubleTag);
  writer.double(value);
  writer.close(at, 2);
}

/** Writes a dimension as an attribute of a data point, its name behind `dimension_`; key and value are as they stand in `bytes`. */
export function writeDimension(
  writer: WireWriter,
  bytes: Uint8Array,
  { key, value }: { readonly key: Range; readonly value: Range },
): void {
  writeTag(writer, pointAttributeTag);
  const start = writer.open(1);
  writeTag(writer, keyTag);
  const keyStart = writer.open(1);
  writeRaw(writer, dimensionPrefix, { from: 0, to: dimensionPrefix.length });
  writeRaw(writer, bytes, key);
  writer.close(keyStart, 1);
  writeTag(writer, valueTag);
  const valueStart = writer.open(1);
  writeRaw(writer, bytes, value);
  writer.close(valueStart, 1);
  writer.close(start, 1);
}

const dimensionPrefix = new TextEncoder().encode("dimension_");

/** NumberDataPoint.attributes, and SummaryDataPoint.attributes. */
export const pointAttributeTag = 0x3a;
const keyTag = 0x0a;
const valueTag = 0x12;
