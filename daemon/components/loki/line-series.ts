import type { LabelSet } from "../../../shared/loki/entry.ts";
import { formatLabels } from "../../../shared/loki/labels.ts";
import type { LineMetric, LineMetricDefinition } from "../../../shared/loki/stages/line-metric.ts";
import type { MetricSeries } from "../../../shared/telemetry/prometheus.ts";

/** One metric of lines, with a series for each set of labels. */
export interface LineSeries extends LineMetric {
  readonly kind: LineMetricDefinition["kind"];
  /** What it holds; afterwards what has rested too long is forgotten. */
  collect(): MetricSeries;
}

export interface LineSeriesOptions {
  now(): number;
  /** The labels of a series. */
  labelsOf(labels: LabelSet): Readonly<Record<string, string>>;
  /** Lines of further sets count in a series of its own, with the label `overflow`. */
  readonly maxSeries?: number;
}

interface Point {
  readonly labels: Readonly<Record<string, string>>;
  value: number;
  readonly counts: number[];
  changedMs: number;
}

const overflowKey = "overflow";

/** A metric without series. */
export function createLineSeries(
  { name, kind, help, buckets = [], maxIdleMs }: LineMetricDefinition,
  { now, labelsOf, maxSeries = 10_000 }: LineSeriesOptions,
): LineSeries {
  const points = new Map<string, Point>();

  function pointOf(labels: LabelSet): Point {
    const text = formatLabels(labels);
    const known = points.get(text);
    const isFull = known === undefined && points.size >= maxSeries;
    const key = isFull ? overflowKey : text;
    let point = known ?? points.get(key);
    if (point === undefined) {
      const own = labelsOf(isFull ? [] : labels);
      const counts = kind === "histogram" ? new Array<number>(buckets.length + 1).fill(0) : [];
      point = { labels: isFull ? { ...own, overflow: "true" } : own, value: 0, counts, changedMs: 0 };
      points.set(key, point);
    }
    point.changedMs = now();
    return point;
  }

  return {
    kind,
    add(labels, by) {
      pointOf(labels).value += by;
    },
    set(labels, value) {
      pointOf(labels).value = value;
    },
    observe(labels, value) {
      const point = pointOf(labels);
      const index = buckets.findIndex((bound) => value <= bound);
      const bucket = index < 0 ? buckets.length : index;
      point.counts[bucket] = (point.counts[bucket] ?? 0) + 1;
      point.value += value;
    },
    collect() {
      const copies = [...points.values()].map(({ labels, value, counts }) =>
        kind === "histogram" ? { labels, value, counts: [...counts] } : { labels, value },
      );
      for (const [key, { changedMs }] of points) if (now() - changedMs >= maxIdleMs) points.delete(key);
      return { name, kind, help, labels: [], ...(kind === "histogram" && { buckets }), points: copies };
    },
  };
}
