import type { BucketSpan, NativeHistogram } from "./native-histogram.ts";

const custom = -53;

/** What is wrong with a native histogram whose spans are right, as Prometheus' storage judges it (model/histogram): it fails the scrape. */
export function histogramProblem(histogram: NativeHistogram): string | undefined {
  const { schema, zeroCount, zeroThreshold, positiveSpans, negativeSpans, customValues } = histogram;
  const negative = sideOf(histogram.negativeBuckets, negativeSpans, histogram.counts);
  const positive = sideOf(histogram.positiveBuckets, positiveSpans, histogram.counts);
  if (schema === custom) {
    if (zeroCount !== 0 || zeroThreshold !== 0 || negativeSpans.length > 0 || histogram.negativeBuckets.length > 0) {
      return "custom buckets: there must be neither a zero bucket nor negative ones";
    }
    if (customValues.some((bound, i) => !Number.isFinite(bound) || (i > 0 && bound <= (customValues[i - 1] ?? 0)))) {
      return "custom buckets: custom bounds must be finite and in strictly increasing order";
    }
  }
  if (typeof positive === "string") {
    return `positive side: ${positive}`;
  }
  if (typeof negative === "string") {
    return `negative side: ${negative}`;
  }
  if (histogram.counts === "float") {
    return histogram.count < 0 || zeroCount < 0 ? "negative count of observations" : undefined;
  }
  const found = positive + negative + zeroCount;
  const isWrong = Number.isNaN(histogram.sum) ? found > histogram.count : found !== histogram.count;
  return isWrong ? `${found} observations found in buckets, but the Count field is ${histogram.count}` : undefined;
}

/** Whether spans and buckets of each side belong together: the parser of protobuf asks for that, before the sample counts as read. */
export function spansProblem({
  positiveSpans,
  positiveBuckets,
  negativeSpans,
  negativeBuckets,
}: NativeHistogram): string | undefined {
  const positive = spanned("positive", positiveSpans, positiveBuckets);
  return positive ?? spanned("negative", negativeSpans, negativeBuckets);
}

function spanned(side: string, spans: readonly BucketSpan[], buckets: readonly number[]): string | undefined {
  const wanted = spans.reduce((sum, { length }) => sum + length, 0);
  const isRight = wanted === buckets.length;
  return isRight ? undefined : `${side} side: spans require ${wanted} buckets, have ${buckets.length} buckets`;
}

/** Observations in the buckets of one side, or what is wrong with them. */
function sideOf(
  buckets: readonly number[],
  spans: readonly BucketSpan[],
  counts: NativeHistogram["counts"],
): number | string {
  const backwards = spans.findIndex(({ offset }, i) => i > 0 && offset < 0);
  if (backwards > 0) {
    return `span number ${backwards + 1} with offset ${spans[backwards]?.offset}: negative offset`;
  }
  let all = 0;
  let last = 0;
  for (const [i, bucket] of buckets.entries()) {
    last = counts === "integer" ? last + bucket : bucket;
    if (last < 0) {
      return `bucket number ${i + 1} has observation count of ${last}`;
    }
    all += last;
  }
  return all;
}
