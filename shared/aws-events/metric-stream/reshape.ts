import { exportMetricsServiceRequest } from "../../otlp/schema.ts";
import { type Attribute, writeAttribute } from "../../otlp/write-attribute.ts";
import { FieldCursor } from "../../wire/field-cursor.ts";
import { scan } from "../../wire/scan.ts";
import { WireWriter, WriterFull } from "../../wire/wire-writer.ts";
import { writeTag } from "../../wire/write-fields.ts";
import { writeGauges, writeRaw } from "./gauges.ts";
import { gaugeName } from "./metric-name.ts";
import { type Range, readPair, readSummaryPoint, type SummaryReader, stringOf } from "./summary-point.ts";

/** What becomes of the metrics of a metric stream. */
export interface ReshapeOptions {
  /** Whether summaries, whose count and sum are those of one period, become gauges. */
  readonly toGauges: boolean;
  /** Attributes that every resource gets, where it has none of that name. */
  readonly attributes: readonly Attribute[];
  /** Most bytes that may come of it. */
  readonly maxBytes: number;
}

/** A request that is made of another, with its number of data points. */
export interface Reshaped {
  readonly kind: "reshaped";
  readonly bytes: Uint8Array;
  readonly items: number;
}

// ExportMetricsServiceRequest.resource_metrics; ResourceMetrics.resource, .scope_metrics; ScopeMetrics.metrics.
const resourceMetricsTag = 0x0a;
const resourceTag = 0x0a;
const scopeMetricsTag = 0x12;
const resourceAttributeTag = 0x0a;
/** Fields of `Metric` that hold data points: gauge to summary. */
const [firstData, summary] = [5, 11];

interface Job extends SummaryReader {
  readonly writer: WireWriter;
  readonly options: ReshapeOptions;
}

/**
 * Makes gauges of the summaries of a request that passed `scan`, and adds attributes to its resources; whatever else is in it stays as it
 * is, byte for byte. `too-large` where more than `maxBytes` would come of it.
 */
export function reshape(bytes: Uint8Array, options: ReshapeOptions): Reshaped | { readonly kind: "too-large" } {
  const writer = new WireWriter(Math.min(options.maxBytes, bytes.length * 4 + 1024), options.maxBytes);
  const scratch = new WireWriter(1024, options.maxBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const job = { bytes, view, scratch, writer, options, origin: { account: "", region: "" } };
  try {
    const cursor = new FieldCursor(bytes, 0, bytes.length);
    while (cursor.next()) {
      if (cursor.number === 1) writeResourceMetrics(job, rangeOf(cursor));
    }
  } catch (error) {
    if (error instanceof WriterFull) return { kind: "too-large" };
    throw error;
  }
  const reshaped = writer.finish();
  const scanned = scan(reshaped, exportMetricsServiceRequest);
  if (scanned.kind === "rejected") return { kind: "too-large" };
  return { kind: "reshaped", bytes: reshaped, items: scanned.items };
}

function rangeOf({ valueStart, valueEnd }: FieldCursor): Range {
  return { from: valueStart, to: valueEnd };
}

function writeResourceMetrics(job: Job, { from, to }: Range): void {
  const { bytes, writer, options } = job;
  const known = resourceAttributes(bytes, { from, to });
  const origin = { account: known.get("cloud.account.id") ?? "", region: known.get("cloud.region") ?? "" };
  let missing = options.attributes.filter(({ name }) => !known.has(name));
  writeTag(writer, resourceMetricsTag);
  const start = writer.open(3);
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    if (cursor.number === 1) {
      writeResource(writer, bytes, { ...rangeOf(cursor), missing });
      missing = [];
    } else if (cursor.number === 2 && options.toGauges) {
      writeScopeMetrics({ ...job, origin }, rangeOf(cursor));
    } else writeRaw(writer, bytes, { from: cursor.fieldStart, to: cursor.valueEnd });
  }
  if (missing.length > 0) writeResource(writer, bytes, { from: to, to, missing });
  writer.close(start, 3);
}

function writeResource(
  writer: WireWriter,
  bytes: Uint8Array,
  { from, to, missing }: Range & { readonly missing: readonly Attribute[] },
): void {
  writeTag(writer, resourceTag);
  const start = writer.open(2);
  writeRaw(writer, bytes, { from, to });
  for (const attribute of missing) writeAttribute(writer, resourceAttributeTag, attribute);
  writer.close(start, 2);
}

/** The attributes of the resource of a `ResourceMetrics`, as far as they are text. */
function resourceAttributes(bytes: Uint8Array, { from, to }: Range): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    if (cursor.number !== 1) continue;
    const pairs = new FieldCursor(bytes, cursor.valueStart, cursor.valueEnd);
    while (pairs.next()) {
      if (pairs.number !== 1) continue;
      const { key, value } = readPair(bytes, pairs);
      known.set(key, stringOf(bytes, value));
    }
  }
  return known;
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
  readonly name: string;
  readonly unit: string;
  readonly points: readonly Range[];
}

/** The points of a metric whose data is a summary; of several kinds of data the last one counts. */
function summaryPoints(bytes: Uint8Array, { from, to }: Range): Points | undefined {
  const text = new TextDecoder();
  const points: Range[] = [];
  let [name, unit, data] = ["", "", 0];
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    const { number, valueStart, valueEnd } = cursor;
    if (number === 1) name = text.decode(bytes.subarray(valueStart, valueEnd));
    else if (number === 3) unit = text.decode(bytes.subarray(valueStart, valueEnd));
    else if (number >= firstData && number <= summary) {
      data = number;
      if (number !== summary) continue;
      const inner = new FieldCursor(bytes, valueStart, valueEnd);
      while (inner.next()) if (inner.number === 1) points.push(rangeOf(inner));
    }
  }
  return data === summary ? { name, unit, points } : undefined;
}

const namePrefix = "amazonaws.com/";

function writeMetric(job: Job, { name, unit, points }: Points): void {
  const read = points.map((range) => readSummaryPoint(job, range));
  const named = read.find(({ metricName }) => metricName !== "");
  const bare = name.startsWith(namePrefix) ? name.slice(namePrefix.length) : name;
  const at = bare.lastIndexOf("/");
  const base = named
    ? gaugeName(named.namespace, named.metricName)
    : gaugeName(bare.slice(0, Math.max(0, at)), bare.slice(at + 1));
  writeGauges(job.writer, { name: base, unit, periods: read.map(({ period }) => period) });
}
