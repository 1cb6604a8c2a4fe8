import type { Labels } from "./labels.ts";
import type { NativeHistogram } from "./native-histogram.ts";
import type { Series } from "./series.ts";

/** What a row holds: a value, the marker that a series has ended, or a native histogram. */
export const sampleKind = { value: 0, stale: 1, histogram: 2 } as const;

/** A trace that belongs to a sample. */
export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds since 1970; undefined: the time of the sample. */
  readonly timeMs: number | undefined;
}

/** Types of metric families, numbered as in `prometheus.MetricMetadata`. */
export type MetricType =
  | "unknown"
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "info"
  | "stateset";

/** What is known about a metric family beside its samples. */
export interface MetricMetadata {
  readonly family: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
}

/**
 * Samples on their way between components of metrics: row `i` is `series[i]` at `timesMs[i]`. Of one series the rows are
 * in order of time. Columns instead of objects, because there are many rows (`bench/prometheus.ts`).
 */
export interface SampleBatch {
  readonly series: Series[];
  /** Milliseconds since 1970. */
  readonly timesMs: number[];
  /** Meaningless in rows of another kind than `value`. */
  readonly values: number[];
  /** One of `sampleKind`. */
  readonly kinds: number[];
  /** By row. */
  readonly histograms: Map<number, NativeHistogram>;
  /** By row, in order of time. */
  readonly exemplars: Map<number, readonly Exemplar[]>;
  /** Families that are new or have changed. */
  readonly metadata: MetricMetadata[];
}

/** An empty batch. */
export function createSampleBatch(): SampleBatch {
  return {
    series: [],
    timesMs: [],
    values: [],
    kinds: [],
    histograms: new Map(),
    exemplars: new Map(),
    metadata: [],
  };
}

/** Adds a value and returns its row. */
export function addSample(batch: SampleBatch, series: Series, at: { timeMs: number; value: number }): number {
  batch.timesMs.push(at.timeMs);
  batch.values.push(at.value);
  batch.kinds.push(sampleKind.value);
  return batch.series.push(series) - 1;
}

/** Adds the marker that a series has ended and returns its row. */
export function addStaleMarker(batch: SampleBatch, series: Series, timeMs: number): number {
  batch.timesMs.push(timeMs);
  batch.values.push(0);
  batch.kinds.push(sampleKind.stale);
  return batch.series.push(series) - 1;
}

/** Adds a native histogram and returns its row. */
export function addHistogram(
  batch: SampleBatch,
  series: Series,
  at: { timeMs: number; histogram: NativeHistogram },
): number {
  batch.timesMs.push(at.timeMs);
  batch.values.push(0);
  batch.kinds.push(sampleKind.histogram);
  const row = batch.series.push(series) - 1;
  batch.histograms.set(row, at.histogram);
  return row;
}

/** Where samples go: `prometheus.relabel.x.receiver`, `prometheus.remote_write.x.receiver`. */
export interface SampleReceiver {
  /**
   * Resolves when every sample is durable, or was dropped by a rule and counted. A full queue shows as a promise that
   * stays pending; it rejects only when the process stops before that. The batch is never changed.
   */
  consume(batch: SampleBatch): Promise<void>;
}
