import type { BucketSpan, NativeHistogram } from "../native-histogram.ts";

/** How fine native histograms may be. */
export interface HistogramLimits {
  /** Most buckets; 0: no limit. */
  readonly buckets: number;
  /** Finest schema, -4 to 8. */
  readonly maxSchema: number;
}

const minSchema = -4;
const maxSchema = 8;

/** The histogram within limits, made coarser where that helps; undefined where it does not (Prometheus, scrape/target.go). */
export function limitHistogram(histogram: NativeHistogram, limits: HistogramLimits): NativeHistogram | undefined {
  const isExponential = histogram.schema >= minSchema && histogram.schema <= maxSchema;
  let limited =
    isExponential && histogram.schema > limits.maxSchema ? reduceResolution(histogram, limits.maxSchema) : histogram;
  while (limits.buckets > 0 && limited.positiveBuckets.length + limited.negativeBuckets.length > limits.buckets) {
    if (!isExponential || limited.schema <= minSchema) {
      return undefined;
    }
    limited = reduceResolution(limited, limited.schema - 1);
  }
  return limited;
}

/** The finest schema whose buckets are at least `factor` times as wide as the one before (Prometheus, pickSchema). */
export function schemaOfFactor(factor: number): number {
  if (factor <= 1) {
    return maxSchema;
  }
  return Math.min(maxSchema, Math.max(minSchema, Math.floor(-Math.log2(Math.log2(factor))))) + 0;
}

/** The same observations in the wider buckets of a lower schema: each takes those of 2^(difference) narrower ones. */
export function reduceResolution(histogram: NativeHistogram, schema: number): NativeHistogram {
  const shift = histogram.schema - schema;
  const isDelta = histogram.counts === "integer";
  const positive = merge({ spans: histogram.positiveSpans, buckets: histogram.positiveBuckets, shift, isDelta });
  const negative = merge({ spans: histogram.negativeSpans, buckets: histogram.negativeBuckets, shift, isDelta });
  return {
    ...histogram,
    schema,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
  };
}

interface Side {
  readonly spans: readonly BucketSpan[];
  readonly buckets: readonly number[];
}

function merge({ spans, buckets, shift, isDelta }: Side & { shift: number; isDelta: boolean }): Side {
  const indices: number[] = [];
  const counts: number[] = [];
  let index = 0;
  let at = 0;
  let last = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++, index++) {
      const given = buckets[at++] ?? 0;
      last = isDelta ? last + given : given;
      const target = Math.floor((index - 1) / 2 ** shift) + 1;
      if (indices.at(-1) === target) {
        counts[counts.length - 1] = (counts.at(-1) ?? 0) + last;
      } else {
        indices.push(target);
        counts.push(last);
      }
    }
  }
  const merged = isDelta ? counts.map((count, i) => count - (counts[i - 1] ?? 0)) : counts;
  return { spans: spansOf(indices), buckets: merged };
}

function spansOf(indices: readonly number[]): readonly BucketSpan[] {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of indices) {
    const span = spans.at(-1);
    if (span && index === next) {
      span.length++;
    } else {
      spans.push({ offset: index - next, length: 1 });
    }
    next = index + 1;
  }
  return spans;
}
