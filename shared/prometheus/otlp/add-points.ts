import { formatDecimalFloat } from "../go-float.ts";
import { emptyHistogram, type NativeHistogram } from "../native-histogram.ts";
import { addHistogram, addSample, addStaleMarker, type Exemplar, type SampleBatch } from "../sample.ts";
import type { Series } from "../series.ts";
import { type BucketLayout, layOutBuckets } from "./bucket-layout.ts";
import type {
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
  OtlpAttribute,
  OtlpExemplar,
  SummaryPoint,
} from "./otlp-metrics.ts";

const zeroThreshold = 1e-128;
const customBuckets = -53;
const maxScale = 8;
const minScale = -4;

interface Point {
  readonly timeMs: number | undefined;
  readonly isStale: boolean;
  readonly attributes: readonly OtlpAttribute[];
}

/** A series with the time of its last sample. */
export interface TimedSeries {
  readonly series: Series;
  lastMs: number;
}

/** What takes the samples of one metric. */
export interface PointSink {
  readonly batch: SampleBatch;
  readonly dropped: (reason: "older" | "time" | "scale") => void;
  /** Labels of a point; `reserved` is a label that the points of this kind have for themselves. */
  labelsFor(point: Point, reserved?: string): ReadonlyMap<string, string>;
  /** The series of these labels under the metric's name with a suffix, and perhaps one more label. */
  series(labels: ReadonlyMap<string, string>, suffix: string, extra?: OtlpAttribute): TimedSeries;
}

/** Adds points of gauges and sums; only counters keep their exemplars. */
export function addNumbers(points: readonly NumberPoint[], sink: PointSink, isCounter: boolean): void {
  for (const point of points) {
    const row = addValue(sink, sink.series(sink.labelsFor(point), ""), { point, value: point.value });
    if (isCounter && row >= 0 && point.exemplars.length > 0) {
      sink.batch.exemplars.set(row, point.exemplars.map(exemplarOf));
    }
  }
}

/** Adds a histogram with explicit bounds: as buckets of its own series, or as a native one with custom buckets. */
export function addHistogramPoint(point: HistogramPoint, sink: PointSink, toCustomBuckets: boolean): void {
  if (toCustomBuckets) {
    addNative(sink, point, customOf(point));
    return;
  }
  const labels = sink.labelsFor(point, "le");
  if (point.sum !== undefined) {
    addValue(sink, sink.series(labels, "_sum"), { point, value: point.sum });
  }
  addValue(sink, sink.series(labels, "_count"), { point, value: point.count });
  // Some senders write the last bound too, which is infinite.
  const given = point.bounds.slice(0, point.counts.length).filter((bound) => bound < Number.POSITIVE_INFINITY);
  const bounds = [...given, Number.POSITIVE_INFINITY];
  let count = 0;
  let below = Number.NEGATIVE_INFINITY;
  for (const [index, bound] of bounds.entries()) {
    count += point.counts[index] ?? 0;
    const isLast = bound === Number.POSITIVE_INFINITY;
    const series = sink.series(labels, "_bucket", ["le", formatDecimalFloat(bound)]);
    const row = addValue(sink, series, { point, value: isLast ? point.count : count });
    // `le` is inclusive: an exemplar on a bound is in the bucket below it.
    const lower = below;
    const own = point.exemplars.filter(({ value }) => value <= bound && (index === 0 || value > lower));
    if (row >= 0 && own.length > 0) {
      sink.batch.exemplars.set(row, own.map(exemplarOf));
    }
    below = bound;
  }
}

/** Adds an exponential histogram as a native one. */
export function addExponential(point: ExponentialPoint, sink: PointSink): void {
  if (point.scale < minScale) {
    sink.dropped("scale");
    return;
  }
  const scaleDown = Math.max(0, point.scale - maxScale);
  const positive = layOutBuckets(point.positive, scaleDown, 1);
  const negative = layOutBuckets(point.negative, scaleDown, 1);
  addNative(sink, point, {
    ...nativeOf(point, positive),
    schema: point.scale - scaleDown,
    zeroThreshold: point.zeroThreshold > 0 ? point.zeroThreshold : zeroThreshold,
    zeroCount: point.zeroCount,
    negativeSpans: negative.spans,
    negativeBuckets: negative.deltas,
  });
}

/** Adds a summary: its sum, its count and its quantiles. */
export function addSummary(point: SummaryPoint, sink: PointSink): void {
  const labels = sink.labelsFor(point, "quantile");
  addValue(sink, sink.series(labels, "_sum"), { point, value: point.sum });
  addValue(sink, sink.series(labels, "_count"), { point, value: point.count });
  for (const [quantile, value] of point.quantiles) {
    addValue(sink, sink.series(labels, "", ["quantile", formatDecimalFloat(quantile)]), { point, value });
  }
}

/** The row, or -1 where the point was dropped. */
function addValue(sink: PointSink, to: TimedSeries, { point, value }: { point: Point; value: number }): number {
  const timeMs = accept(sink, to, point);
  if (timeMs === undefined) {
    return -1;
  }
  return point.isStale
    ? addStaleMarker(sink.batch, to.series, timeMs)
    : addSample(sink.batch, to.series, { timeMs, value });
}

function addNative(sink: PointSink, point: HistogramPoint | ExponentialPoint, histogram: NativeHistogram): void {
  const to = sink.series(sink.labelsFor(point), "");
  const timeMs = accept(sink, to, point);
  if (timeMs === undefined) {
    return;
  }
  const row = addHistogram(sink.batch, to.series, { timeMs, histogram });
  if (point.exemplars.length > 0) {
    sink.batch.exemplars.set(row, point.exemplars.map(exemplarOf));
  }
}

function accept(sink: PointSink, to: TimedSeries, { timeMs }: Point): number | undefined {
  if (timeMs === undefined) {
    sink.dropped("time");
    return undefined;
  }
  if (timeMs < to.lastMs) {
    sink.dropped("older");
    return undefined;
  }
  to.lastMs = timeMs;
  return timeMs;
}

function nativeOf(point: HistogramPoint | ExponentialPoint, positive: BucketLayout): NativeHistogram {
  return {
    ...emptyHistogram(),
    count: point.isStale ? 0 : point.count,
    sum: point.sum ?? 0,
    stale: point.isStale,
    positiveSpans: positive.spans,
    positiveBuckets: positive.deltas,
  };
}

function customOf(point: HistogramPoint): NativeHistogram {
  const first = point.counts.findIndex((count) => count > 0);
  const last = point.counts.findLastIndex((count) => count > 0);
  const counts = first < 0 ? [] : point.counts.slice(first, last + 1);
  const positive = layOutBuckets({ offset: Math.max(0, first), counts }, 0, 0);
  return { ...nativeOf(point, positive), schema: customBuckets, customValues: point.bounds };
}

function exemplarOf({ timeMs, value, traceId, spanId }: OtlpExemplar): Exemplar {
  const labels = [...(spanId === "" ? [] : ["span_id", spanId]), ...(traceId === "" ? [] : ["trace_id", traceId])];
  return { labels, value, timeMs };
}
