import { writeAttribute } from "../../otlp/write-attribute.ts";
import { FieldCursor } from "../../wire/field-cursor.ts";
import type { WireWriter } from "../../wire/wire-writer.ts";
import { findPair, isText, type Range, stringOf, writeRaw } from "../wire-parts.ts";
import {
  type Period,
  pointAttributeTag,
  type Statistic,
  statisticsOf,
  type UnixNano,
  writeDimension,
} from "./gauges.ts";
import { percentileOf } from "./metric-name.ts";

/** Who a request of a metric stream is about, as its resource says. */
export interface Origin {
  readonly account: string;
  readonly region: string;
}

/** A data point of a summary: a period, and what CloudWatch calls the metric. */
export interface SummaryPoint {
  readonly period: Period;
  readonly namespace: string;
  readonly metricName: string;
}

/** Reads data points of summaries; attributes are encoded into `scratch`, which is used again for each. */
export interface SummaryReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly scratch: WireWriter;
  readonly origin: Origin;
}

const zero: UnixNano = { high: 0, low: 0 };

/** Reads the point at `from` to `to` of a request that passed `scan`. Dimensions become attributes of their own. */
export function readSummaryPoint(reader: SummaryReader, { from, to }: { from: number; to: number }): SummaryPoint {
  const { bytes, view, scratch, origin } = reader;
  const cursor = new FieldCursor(bytes, from, to);
  const others: Statistic[] = [];
  let [start, end, count, sum] = [zero, zero, 0, 0];
  let [namespace, metricName] = ["", ""];
  scratch.at = 0;
  while (cursor.next()) {
    const { number, valueStart } = cursor;
    if (number === 2) start = nanoAt(view, valueStart);
    else if (number === 3) end = nanoAt(view, valueStart);
    else if (number === 4) count = view.getUint32(valueStart + 4, true) * 2 ** 32 + view.getUint32(valueStart, true);
    else if (number === 5) sum = view.getFloat64(valueStart, true);
    else if (number === 6) others.push(readQuantile(reader, cursor));
    else if (number === 7) {
      const { key, value } = findPair(bytes, cursor);
      if (isText(bytes, key, "Namespace")) namespace = stringOf(bytes, value);
      if (isText(bytes, key, "MetricName")) metricName = stringOf(bytes, value);
      if (isText(bytes, key, "Dimensions")) writeDimensions(scratch, bytes, value);
      else writeRaw(scratch, bytes, { from: cursor.fieldStart, to: cursor.valueEnd });
    }
  }
  if (origin.account !== "") writeAttribute(scratch, pointAttributeTag, { name: "account_id", value: origin.account });
  if (origin.region !== "") writeAttribute(scratch, pointAttributeTag, { name: "region", value: origin.region });
  const period = { attributes: scratch.finish(), start, end, statistics: statisticsOf(count, sum, others) };
  return { period, namespace, metricName };
}

function nanoAt(view: DataView, at: number): UnixNano {
  return { high: view.getUint32(at + 4, true), low: view.getUint32(at, true) };
}

function readQuantile({ bytes, view }: SummaryReader, { valueStart, valueEnd }: FieldCursor): Statistic {
  const cursor = new FieldCursor(bytes, valueStart, valueEnd);
  let [quantile, value] = [0, 0];
  while (cursor.next()) {
    if (cursor.number === 1) quantile = view.getFloat64(cursor.valueStart, true);
    else if (cursor.number === 2) value = view.getFloat64(cursor.valueStart, true);
  }
  return { name: nameOf(quantile), value };
}

function nameOf(quantile: number): string {
  if (quantile === 0) return "minimum";
  return quantile === 1 ? "maximum" : percentileOf(quantile);
}

/** `kvlist_value` (6) of `values` (1): whatever a dimension's value is, it stays as it is. */
function writeDimensions(scratch: WireWriter, bytes: Uint8Array, { from, to }: Range): void {
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    if (cursor.number !== 6) continue;
    const pairs = new FieldCursor(bytes, cursor.valueStart, cursor.valueEnd);
    while (pairs.next()) {
      if (pairs.number !== 1) continue;
      const { key, value } = findPair(bytes, pairs);
      writeDimension(scratch, bytes, { key, value });
    }
  }
}
