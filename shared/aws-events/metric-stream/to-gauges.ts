import { exportMetricsServiceRequest } from "../../otlp/schema.ts";
import { FieldCursor } from "../../wire/field-cursor.ts";
import { scan } from "../../wire/scan.ts";
import { WireWriter, WriterFull } from "../../wire/wire-writer.ts";
import { writeTag } from "../../wire/write-fields.ts";
import { resourceTexts } from "../resource-attributes.ts";
import { type Range, textOf, writeRaw } from "../wire-parts.ts";
import { writeGauges } from "./gauges.ts";
import { gaugeName } from "./metric-name.ts";
import { readSummaryPoint, type SummaryReader } from "./summary-point.ts";

/** A request that is made of another, with its number of data points. */
export interface AsGauges {
  readonly kind: "gauges";
  readonly bytes: Uint8Array;
  readonly items: number;
}

// ExportMetricsServiceRequest.resource_metrics; ResourceMetrics.scope_metrics.
const resourceMetricsTag = 0x0a;
const scopeMetricsTag = 0x12;
/** Fields of `Metric` that hold data points: gauge to summary. */
const [firstData, summary] = [5, 11];

interface Job extends SummaryReader {
  readonly writer: WireWriter;
}

/**
 * Makes gauges of the summaries of a request that passed `scan`, since their count and sum are those of one period; whatever else is in
 * it stays as it is, byte for byte. `too-large` where more than `maxBytes` would come of it.
 */
export function toGauges(bytes: Uint8Array, maxBytes: number): AsGauges | { readonly kind: "too-large" } {
  const writer = new WireWriter(Math.min(maxBytes, bytes.length * 5 + 1024), maxBytes);
  const scratch = new WireWriter(1024, maxBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const job = { bytes, view, scratch, writer, origin: { account: "", region: "" } };
  try {
    const cursor = new FieldCursor(bytes, 0, bytes.length);
    while (cursor.next()) {
      if (cursor.number === 1) writeResourceMetrics(job, rangeOf(cursor));
    }
  } catch (error) {
    if (error instanceof WriterFull) return { kind: "too-large" };
    throw error;
  }
  const made = writer.finish();
  const scanned = scan(made, exportMetricsServiceRequest);
  if (scanned.kind === "rejected") return { kind: "too-large" };
  return { kind: "gauges", bytes: made, items: scanned.items };
}

function rangeOf({ valueStart, valueEnd }: FieldCursor): Range {
  return { from: valueStart, to: valueEnd };
}

function writeResourceMetrics(job: Job, { from, to }: Range): void {
  const { bytes, writer } = job;
  const known = resourceTexts(bytes, { from, to });
  const origin = { account: known.get("cloud.account.id") ?? "", region: known.get("cloud.region") ?? "" };
  writeTag(writer, resourceMetricsTag);
  const start = writer.open(3);
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    if (cursor.number === 2) writeScopeMetrics({ ...job, origin }, rangeOf(cursor));
    else writeRaw(writer, bytes, { from: cursor.fieldStart, to: cursor.valueEnd });
  }
  writer.close(start, 3);
}

function writeScopeMetrics(job: Job, { from, to }: Range): void {
  const { bytes, writer } = job;
  writeTag(writer, scopeMetricsTag);
  const start = writer.open(3);
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    const points = cursor.number === 2 ? summaryPoints(bytes, rangeOf(cursor)) : undefined;
    if (points === undefined) writeRaw(writer, bytes, { from: cursor.fieldStart, to: cursor.valueEnd });
    else writeMetric(job, points);
  }
  writer.close(start, 3);
}

interface Points {
  readonly name: Range;
  readonly unit: Range;
  readonly points: readonly Range[];
}

/** The points of a metric whose data is a summary; of several kinds of data the last one counts. */
function summaryPoints(bytes: Uint8Array, { from, to }: Range): Points | undefined {
  const points: Range[] = [];
  let [name, unit] = [nothing, nothing];
  let data = 0;
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    const { number, valueStart, valueEnd } = cursor;
    if (number === 1) name = rangeOf(cursor);
    else if (number === 3) unit = rangeOf(cursor);
    else if (number >= firstData && number <= summary) {
      data = number;
      if (number !== summary) continue;
      const inner = new FieldCursor(bytes, valueStart, valueEnd);
      while (inner.next()) if (inner.number === 1) points.push(rangeOf(inner));
    }
  }
  return data === summary ? { name, unit, points } : undefined;
}

const nothing: Range = { from: 0, to: 0 };
const namePrefix = "amazonaws.com/";

function writeMetric(job: Job, { name, unit, points }: Points): void {
  const { bytes, writer } = job;
  const read = points.map((range) => readSummaryPoint(job, range));
  const named = read.find(({ metricName }) => metricName !== "");
  const base = named ? gaugeName(named.namespace, named.metricName) : nameOfPath(textOf(bytes, name));
  writeGauges(writer, { name: base, unit: textOf(bytes, unit), periods: read.map(({ period }) => period) });
}

/** For points without the attributes that name them: a namespace may hold slashes, a metric's name hardly ever does. */
function nameOfPath(name: string): string {
  const path = name.startsWith(namePrefix) ? name.slice(namePrefix.length) : name;
  const at = path.lastIndexOf("/");
  return gaugeName(path.slice(0, Math.max(0, at)), path.slice(at + 1));
}
