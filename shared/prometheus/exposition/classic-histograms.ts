import { parseGoFloat } from "../go-float.ts";
import type { BucketSpan, NativeHistogram } from "../native-histogram.ts";
import type { Exemplar, MetricType } from "../sample.ts";
import type { RawSeries } from "./raw-series.ts";

/** What a line is to a classic histogram. */
export interface ClassicPart<T> {
  readonly histogram: ClassicHistogram<T>;
  readonly kind: "bucket" | "sum" | "count" | "created";
  /** Upper bound of a bucket. */
  readonly bound: number;
}

/** The lines of one classic histogram in one scrape. */
interface ClassicHistogram<T> {
  readonly target: T;
  /** Cumulative counts by bound. */
  readonly buckets: Map<number, number>;
  count: number | undefined;
  sum: number;
  timeMs: number;
  /** The scrape in which its lines were read last. */
  seen: number;
  readonly exemplars: Exemplar[];
  readonly isGauge: boolean;
}

/** A histogram that a scrape is through with; `lines` of it were read. */
export interface Converted<T> {
  readonly target: T;
  readonly histogram: NativeHistogram;
  readonly timeMs: number;
  /** In order of time. */
  readonly exemplars: readonly Exemplar[];
}

/** Classic histograms of one target on their way to native ones with custom buckets (`convert_classic_histograms_to_nhcb`). */
export interface ClassicHistograms<T> {
  /** What the line of a series is; undefined where it belongs to no histogram. */
  partOf(raw: RawSeries): ClassicPart<T> | undefined;
  add(part: ClassicPart<T>, at: { value: number; timeMs: number; scrape: number }): void;
  /** An exemplar of the line that was added last; one without a time is not kept. */
  addExemplar(part: ClassicPart<T>, exemplar: Exemplar): void;
  /** Those of this scrape, and what the histograms of earlier ones were that are not in it: they are forgotten. */
  end(scrape: number): { readonly converted: readonly Converted<T>[]; readonly gone: readonly T[] };
  clear(): void;
}

export interface ClassicHistogramsOptions<T> {
  readonly typeOf: (family: string) => MetricType | undefined;
  /** The series of the histogram itself. */
  readonly series: (raw: RawSeries) => T;
}

const schema = -53;
const suffix = /^(.+)_(bucket|sum|count|created)$/;
/** `prometheus.Histogram.ResetHint`. */
const gauge = 3;
/** Runs of empty buckets up to this are written as zeros. */
const maxEmpty = 2;

/** As Prometheus converts them (model/textparse/nhcbparse.go, util/convertnhcb). */
export function createClassicHistograms<T>(options: ClassicHistogramsOptions<T>): ClassicHistograms<T> {
  const known = new Map<string, ClassicHistogram<T>>();

  return {
    partOf(raw) {
      const [, family = "", kind] = suffix.exec(raw.name) ?? [];
      const type = family === "" ? undefined : options.typeOf(family);
      // Of the text formats' gauge histograms nothing is converted.
      const isGauge = type === "gaugehistogram" && raw.line === undefined;
      if (type !== "histogram" && !isGauge) {
        return undefined;
      }
      const bound = kind === "bucket" ? boundOf(raw) : 0;
      if (bound === undefined) {
        return undefined;
      }
      const labels = raw.labels.filter(([name]) => kind !== "bucket" || name !== "le");
      const key = JSON.stringify([family, ...labels.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
      let histogram = known.get(key);
      if (!histogram) {
        const target = options.series({ name: family, labels, typed: false });
        const empty = { buckets: new Map(), exemplars: [], count: undefined, sum: 0, timeMs: Number.NaN, seen: 0 };
        histogram = { target, isGauge, ...empty };
        known.set(key, histogram);
      }
      return { histogram, kind: kind as ClassicPart<T>["kind"], bound };
    },
    add({ histogram, kind, bound }, { value, timeMs, scrape }) {
      if (kind === "created") {
        return;
      }
      if (histogram.seen !== scrape) {
        histogram.buckets.clear();
        histogram.exemplars.length = 0;
        Object.assign(histogram, { count: undefined, sum: 0, seen: scrape });
      }
      histogram.timeMs = timeMs;
      if (kind === "bucket") {
        histogram.buckets.set(bound, value);
      } else {
        histogram[kind] = value;
      }
    },
    addExemplar({ histogram }, exemplar) {
      if (exemplar.timeMs !== undefined) {
        histogram.exemplars.push(exemplar);
      }
    },
    end(scrape) {
      const converted: Converted<T>[] = [];
      const gone: T[] = [];
      for (const [key, each] of known) {
        const histogram = each.seen === scrape ? convert(each) : undefined;
        if (histogram) {
          const exemplars = each.exemplars.toSorted((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0) || a.value - b.value);
          converted.push({ target: each.target, histogram, timeMs: each.timeMs, exemplars });
        } else {
          gone.push(each.target);
          if (each.seen !== scrape) {
            known.delete(key);
          }
        }
      }
      return { converted, gone };
    },
    clear: () => known.clear(),
  };
}

function boundOf({ labels }: RawSeries): number | undefined {
  const bound = labels.find(([name]) => name === "le")?.[1];
  return bound === undefined ? undefined : parseGoFloat(bound);
}

/** Undefined where its counts contradict each other. */
function convert(
  classic: Pick<ClassicHistogram<unknown>, "buckets" | "count" | "sum" | "isGauge">,
): NativeHistogram | undefined {
  const sorted = [...classic.buckets].sort(([a], [b]) => a - b);
  const count = classic.count ?? sorted.at(-1)?.[1] ?? 0;
  if (sorted.at(-1)?.[0] !== Number.POSITIVE_INFINITY) {
    sorted.push([Number.POSITIVE_INFINITY, count]);
  }
  const counts = sorted.map(([, upTo], i) => upTo - (sorted[i - 1]?.[1] ?? 0));
  if (counts.some((each) => !(each >= 0)) || sorted.at(-1)?.[1] !== count) {
    return undefined;
  }
  const isWhole = sorted.every(([, upTo]) => Number.isSafeInteger(upTo));
  const { spans, filled } = layOut(counts);
  return {
    counts: isWhole ? "integer" : "float",
    count,
    sum: classic.sum,
    stale: false,
    schema: schema,
    zeroThreshold: 0,
    zeroCount: 0,
    negativeSpans: [],
    negativeBuckets: [],
    positiveSpans: spans,
    positiveBuckets: isWhole ? filled.map((each, i) => each - (filled[i - 1] ?? 0)) : filled,
    resetHint: classic.isGauge ? gauge : 0,
    customValues: sorted.slice(0, -1).map(([bound]) => bound),
  };
}

/** Without the empty buckets at both ends and without long runs of them. */
function layOut(counts: readonly number[]): {
  readonly spans: readonly BucketSpan[];
  readonly filled: readonly number[];
} {
  const spans: { offset: number; length: number }[] = [];
  const filled: number[] = [];
  let next = 0;
  for (const [index, count] of counts.entries()) {
    if (count === 0) {
      continue;
    }
    const span = spans.at(-1);
    const empty = index - next;
    if (span && empty <= maxEmpty) {
      filled.push(...new Array<number>(empty).fill(0));
      span.length += empty + 1;
    } else {
      spans.push({ offset: empty, length: 1 });
    }
    filled.push(count);
    next = index + 1;
  }
  return { spans, filled };
}
