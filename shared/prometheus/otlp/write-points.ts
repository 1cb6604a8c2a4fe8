import { parseGoFloat } from "../go-float.ts";
import { type Labels, labelsKey, labelValue, metricName } from "../labels.ts";
import { type Exemplar, type SampleBatch, sampleKind } from "../sample.ts";
import { type MetricGroup, suffixOf } from "./metric-groups.ts";
import { closeGaps, fitsOtlp } from "./native-to-exponential.ts";
import type { OtlpWriter } from "./otlp-writer.ts";

const noRecordedValue = 1;
const cumulativeTemporality = 2;

/** Points written, and rows that have no form. */
export interface WrittenPoints {
  readonly points: number;
  readonly dropped: number;
}

export interface PointContext {
  readonly batch: SampleBatch;
  readonly attributesOf: (labels: Labels, without?: string) => readonly (readonly [string, string])[];
}

/** Writes the data of a metric: its points, and its temporality where it has one. */
export type PointWriter = (out: OtlpWriter, group: MetricGroup, context: PointContext) => WrittenPoints;

/** Points of a gauge or a sum. */
export function writeNumbers(
  out: OtlpWriter,
  group: MetricGroup,
  { batch, attributesOf }: PointContext,
): WrittenPoints {
  for (const { index, labels } of group.rows) {
    out.message(1, () => {
      out.time(3, batch.timesMs[index] ?? 0);
      out.double(4, batch.values[index] ?? 0);
      writeExemplars(out, 5, batch.exemplars.get(index));
      for (const attribute of attributesOf(labels)) {
        out.attribute(7, attribute);
      }
      if (isStale(batch, index)) {
        out.varint(8, noRecordedValue);
      }
    });
  }
  return { points: group.rows.length, dropped: 0 };
}

/** Histograms out of their buckets, counts and sums. */
export function writeHistograms(out: OtlpWriter, group: MetricGroup, context: PointContext): WrittenPoints {
  const { batch } = context;
  let points = 0;
  let dropped = 0;
  for (const part of partsOf(group, context, "le")) {
    const count = part.rows.find(({ suffix }) => suffix === "_count");
    if (!count) {
      dropped += part.rows.length;
      continue;
    }
    points++;
    const sum = part.rows.find(({ suffix }) => suffix === "_sum");
    const buckets = part.rows
      .filter(({ suffix, bound }) => suffix === "_bucket" && bound !== undefined)
      .sort((a, b) => (a.bound ?? 0) - (b.bound ?? 0));
    const finite = buckets.filter(({ bound }) => bound !== Number.POSITIVE_INFINITY);
    const total = batch.values[count.index] ?? 0;
    out.message(1, () => {
      out.time(3, part.timeMs);
      out.fixed64(4, isStale(batch, count.index) ? 0 : total);
      if (sum && !isStale(batch, sum.index)) {
        out.double(5, batch.values[sum.index] ?? 0);
      }
      const cumulative = [...finite.map(({ index }) => batch.values[index] ?? 0), total];
      const counts = cumulative.map((value, i) => Math.max(0, value - (cumulative[i - 1] ?? 0)));
      out.numbers(6, isStale(batch, count.index) ? [] : counts, "fixed64");
      out.numbers(7, isStale(batch, count.index) ? [] : finite.map(({ bound }) => bound ?? 0), "double");
      for (const { index } of buckets) {
        writeExemplars(out, 8, batch.exemplars.get(index));
      }
      for (const attribute of context.attributesOf(part.labels, "le")) {
        out.attribute(9, attribute);
      }
      if (isStale(batch, count.index)) {
        out.varint(10, noRecordedValue);
      }
    });
  }
  out.varint(2, cumulativeTemporality);
  return { points, dropped };
}

/** Summaries out of their quantiles, counts and sums. */
export function writeSummaries(out: OtlpWriter, group: MetricGroup, context: PointContext): WrittenPoints {
  const { batch } = context;
  let points = 0;
  let dropped = 0;
  for (const part of partsOf(group, context, "quantile")) {
    const count = part.rows.find(({ suffix }) => suffix === "_count");
    if (!count) {
      dropped += part.rows.length;
      continue;
    }
    points++;
    const sum = part.rows.find(({ suffix }) => suffix === "_sum");
    out.message(1, () => {
      out.time(3, part.timeMs);
      out.fixed64(4, batch.values[count.index] ?? 0);
      out.double(5, sum ? (batch.values[sum.index] ?? 0) : 0);
      for (const { bound, index } of part.rows.filter((row) => row.bound !== undefined && row.suffix === "")) {
        out.message(6, () => {
          out.double(1, bound ?? 0);
          out.double(2, batch.values[index] ?? 0);
        });
      }
      for (const attribute of context.attributesOf(part.labels, "quantile")) {
        out.attribute(7, attribute);
      }
      if (isStale(batch, count.index)) {
        out.varint(8, noRecordedValue);
      }
    });
  }
  return { points, dropped };
}

/** Native histograms with exponential buckets; others have no form here. */
export function writeNatives(
  out: OtlpWriter,
  group: MetricGroup,
  { batch, attributesOf }: PointContext,
): WrittenPoints {
  let points = 0;
  for (const { index, labels } of group.rows) {
    const histogram = batch.histograms.get(index);
    if (!histogram || histogram.schema === -53 || !fitsOtlp(histogram)) {
      continue;
    }
    points++;
    const positive = closeGaps(histogram.positiveSpans, histogram.positiveBuckets, 1);
    const negative = closeGaps(histogram.negativeSpans, histogram.negativeBuckets, 1);
    const inBuckets = [...positive.counts, ...negative.counts].reduce((sum, count) => sum + count, 0);
    out.message(1, () => {
      for (const attribute of attributesOf(labels)) {
        out.attribute(1, attribute);
      }
      out.time(3, batch.timesMs[index] ?? 0);
      out.fixed64(4, histogram.stale ? 0 : histogram.zeroCount + inBuckets);
      if (!histogram.stale) {
        out.double(5, histogram.sum);
      }
      out.sint(6, histogram.schema);
      out.fixed64(7, histogram.zeroCount);
      for (const [field, side] of [
        [8, positive],
        [9, negative],
      ] as const) {
        if (side.counts.length > 0) {
          out.message(field, () => {
            out.sint(1, side.offset);
            out.numbers(2, side.counts, "varint");
          });
        }
      }
      if (histogram.stale) {
        out.varint(10, noRecordedValue);
      }
      writeExemplars(out, 11, batch.exemplars.get(index));
      out.double(14, histogram.zeroThreshold);
    });
  }
  out.varint(2, cumulativeTemporality);
  return { points, dropped: group.rows.length - points };
}

interface Part {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly rows: { readonly index: number; readonly suffix: string; readonly bound: number | undefined }[];
}

/** Rows of one histogram or summary together: equal labels but for the bound, at one time. */
function partsOf(group: MetricGroup, { batch }: PointContext, boundLabel: string): Iterable<Part> {
  const parts = new Map<string, Part>();
  for (const { index, labels } of group.rows) {
    const timeMs = batch.timesMs[index] ?? 0;
    const rest = labels.filter((_, i) => {
      const name = labels[i - (i % 2)] ?? "";
      return name !== boundLabel && name !== metricName;
    });
    const key = `${timeMs} ${labelsKey(rest)}`;
    const part = parts.get(key) ?? { labels: rest, timeMs, rows: [] };
    parts.set(key, part);
    const bound = labelValue(labels, boundLabel);
    part.rows.push({
      index,
      suffix: suffixOf(labelValue(labels, metricName), group.name),
      bound: bound === "" ? undefined : parseGoFloat(bound),
    });
  }
  return parts.values();
}

function writeExemplars(out: OtlpWriter, field: number, exemplars: readonly Exemplar[] | undefined): void {
  for (const { labels, value, timeMs } of exemplars ?? []) {
    out.message(field, () => {
      out.time(2, timeMs ?? 0);
      out.double(3, value);
      const traceId = labelValue(labels, "trace_id");
      const spanId = labelValue(labels, "span_id");
      const hasTrace = /^[0-9a-f]{32}$/i.test(traceId);
      const hasSpan = /^[0-9a-f]{16}$/i.test(spanId);
      if (hasSpan) {
        out.bytes(4, Buffer.from(spanId, "hex"));
      }
      if (hasTrace) {
        out.bytes(5, Buffer.from(traceId, "hex"));
      }
      for (let i = 0; i + 1 < labels.length; i += 2) {
        const name = labels[i] ?? "";
        if (!(name === "trace_id" && hasTrace) && !(name === "span_id" && hasSpan)) {
          out.attribute(7, [name, labels[i + 1] ?? ""]);
        }
      }
    });
  }
}

function isStale(batch: SampleBatch, row: number): boolean {
  return batch.kinds[row] === sampleKind.stale;
}
