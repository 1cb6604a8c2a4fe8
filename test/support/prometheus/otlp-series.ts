import { signals } from "../../../shared/otlp/signals.ts";
import { transcode } from "../../../shared/otlp/transcode.ts";
import { labelPairs } from "../../../shared/prometheus/labels.ts";
import type { NativeHistogram } from "../../../shared/prometheus/native-histogram.ts";
import { createFromOtlp } from "../../../shared/prometheus/otlp/from-otlp.ts";
import { readOtlpMetrics } from "../../../shared/prometheus/otlp/read-otlp-metrics.ts";
import { sampleKind } from "../../../shared/prometheus/sample.ts";

/** A series as bench/peers/otlp-prometheus tells it. */
export interface ToldSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly string[];
  readonly exemplars: readonly string[];
}

/** The samples and exemplars of told series, a line each, in order. */
export function toldLines(series: readonly ToldSeries[]): readonly string[] {
  return series
    .flatMap(({ labels, samples, exemplars }) =>
      [...samples, ...exemplars.map((each) => `exemplar ${each}`)].map(
        (each) => `${keyOf(Object.entries(labels))} ${each}`,
      ),
    )
    .sort();
}

/** The same of what our converter makes of an OTLP/JSON request, without information about targets and scopes. */
export function ownLines(request: Uint8Array): readonly string[] {
  const options = { targetInfo: false, scopeInfo: false, scopeLabels: false, suffixes: true, resourceLabels: false };
  const converter = createFromOtlp({
    ...options,
    keepIdentifying: false,
    classicToCustomBuckets: false,
    dropped: () => {},
  });
  const result = transcode(request, signals.metrics);
  if (result.kind === "rejected") throw new Error(result.message);
  const batch = converter.convert(readOtlpMetrics(result.bytes), 0);
  const lines = batch.series.flatMap(({ labels }, row) => {
    const key = keyOf(labelPairs(labels));
    const histogram = batch.histograms.get(row);
    const value = batch.kinds[row] === sampleKind.stale ? "7ff0000000000002" : bitsOf(batch.values[row] ?? 0);
    const exemplars = (batch.exemplars.get(row) ?? []).map((each) => {
      const pairs = labelPairs(each.labels).map(([name, text]) => ` ${name}=${JSON.stringify(text)}`);
      return `${key} exemplar ${each.timeMs} ${bitsOf(each.value)}${pairs.join("")}`;
    });
    return [`${key} ${batch.timesMs[row]} ${histogram ? histogramText(histogram) : value}`, ...exemplars];
  });
  return lines.sort();
}

function histogramText(h: NativeHistogram): string {
  const side = (spans: NativeHistogram["positiveSpans"], deltas: readonly number[]) =>
    `${spans.map(({ offset, length }) => `(${offset} ${length})`).join("")}[${deltas.join(" ")}]`;
  const sum = h.stale ? "7ff0000000000002" : bitsOf(h.sum);
  const count = h.stale ? "9218868437227405314" : h.count;
  const head = `schema ${h.schema} count ${count} sum ${sum} zero ${h.zeroCount}`;
  return `${head} +${side(h.positiveSpans, h.positiveBuckets)} -${side(h.negativeSpans, h.negativeBuckets)}`;
}

function keyOf(pairs: Iterable<readonly [string, string]>): string {
  return JSON.stringify([...pairs].filter(([, value]) => value !== "").sort(([a], [b]) => (a < b ? -1 : 1)));
}

function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Number.isNaN(value) ? "7ff8000000000001" : bytes.toString("hex");
}
