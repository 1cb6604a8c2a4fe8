import type { BucketSpan, NativeHistogram } from "../native-histogram.ts";
import type { ExponentialBuckets } from "./otlp-metrics.ts";

/** OTLP's buckets have no gaps: more of them than this would be zeros. */
const maxBuckets = 65_536;

/** Whether OTLP has a form for a native histogram: whole counts, and a schema that it knows. */
export function fitsOtlp({ counts, schema, resetHint }: NativeHistogram): boolean {
  const isGauge = resetHint === 3;
  return counts === "integer" && !isGauge && ((schema >= -4 && schema <= 8) || schema === -53);
}

/** Buckets without gaps; `shift` is 1 for exponential ones (prometheus.md §10). */
export function closeGaps(spans: readonly BucketSpan[], deltas: readonly number[], shift: 0 | 1): ExponentialBuckets {
  const counts: number[] = [];
  let index = 0;
  let count = 0;
  for (const [place, { offset, length }] of spans.entries()) {
    for (let gap = 0; place > 0 && gap < offset && counts.length < maxBuckets; gap++) {
      counts.push(0);
    }
    for (let bucket = 0; bucket < length && counts.length < maxBuckets; bucket++) {
      count += deltas[index++] ?? 0;
      counts.push(Math.max(0, count));
    }
  }
  return { offset: (spans[0]?.offset ?? 0) - shift, counts };
}
