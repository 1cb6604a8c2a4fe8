/** A run of buckets: how many are skipped before it, and how many it has. */
export interface BucketSpan {
  readonly offset: number;
  readonly length: number;
}

/** How a histogram relates to the one before it (`prometheus.Histogram.ResetHint`), by its number on the wire. */
export type ResetHint = 0 | 1 | 2 | 3;

/**
 * A native histogram as `prometheus.Histogram` holds it. `counts` says whether numbers are whole (buckets as deltas, each
 * against the one before it) or not (buckets as they are).
 */
export interface NativeHistogram {
  readonly counts: "integer" | "float";
  readonly count: number;
  /** NaN with `stale`: the series has ended. */
  readonly sum: number;
  readonly stale: boolean;
  /** -4 to 8: exponential; -53: bounds in `customValues`. */
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly negativeSpans: readonly BucketSpan[];
  readonly negativeBuckets: readonly number[];
  readonly positiveSpans: readonly BucketSpan[];
  readonly positiveBuckets: readonly number[];
  readonly resetHint: ResetHint;
  readonly customValues: readonly number[];
}

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** A histogram that has observed nothing, to be filled. */
export function emptyHistogram(): Open<NativeHistogram> {
  return {
    counts: "integer",
    count: 0,
    sum: 0,
    stale: false,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    negativeSpans: [],
    negativeBuckets: [],
    positiveSpans: [],
    positiveBuckets: [],
    resetHint: 0,
    customValues: [],
  };
}
