import type { BucketSpan } from "../native-histogram.ts";
import type { ExponentialBuckets } from "./otlp-metrics.ts";

/** Empty buckets in a row that are written as zeros rather than skipped. */
const maxZeros = 2;

/** Buckets of a native histogram: where they are, and each count against the one before it. */
export interface BucketLayout {
  readonly spans: readonly BucketSpan[];
  readonly deltas: readonly number[];
}

/**
 * Lays OTLP's buckets out as Prometheus has them, `2^scaleDown` of them in one. `shift` is 1 for exponential buckets, whose
 * bounds belong to the bucket below in Prometheus, and 0 for buckets with explicit bounds.
 */
export function layOutBuckets({ offset, counts }: ExponentialBuckets, scaleDown: number, shift: 0 | 1): BucketLayout {
  if (counts.length === 0) {
    return { spans: [], deltas: [] };
  }
  const place = (index: number): number => ((index + offset) >> scaleDown) + shift;
  const spans: { offset: number; length: number }[] = [{ offset: place(0), length: 0 }];
  const deltas: number[] = [];
  let before = 0;
  let current = place(0);
  let count = 0;

  function add(bucket: number): void {
    (spans.at(-1) as { length: number }).length++;
    deltas.push(bucket - before);
    before = bucket;
  }

  function bridge(gap: number): void {
    if (gap > maxZeros) {
      spans.push({ offset: gap, length: 0 });
      return;
    }
    for (let empty = 0; empty < gap; empty++) {
      add(0);
    }
  }

  let last = current - 1;
  for (const [index, bucket] of counts.entries()) {
    const next = place(index);
    if (next === current) {
      count += bucket;
      continue;
    }
    if (count > 0) {
      bridge(current - last - 1);
      add(count);
      last = current;
    }
    count = bucket;
    current = next;
  }
  bridge(current - last - 1);
  add(count);
  return { spans, deltas };
}
