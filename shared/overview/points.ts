import type { MetricName } from "../telemetry/metrics/metric-table.ts";
import type { Point, Snapshot } from "../telemetry/metrics/metrics.ts";

/** The points of a metric; none where it has no value yet. */
export function pointsOf(snapshot: Snapshot, name: MetricName): readonly Point[] {
  return snapshot.find((series) => series.name === name)?.points ?? [];
}

/** The sum of a metric over all points that have these labels. */
export function sumOf(snapshot: Snapshot, name: MetricName, only: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(only);
  return pointsOf(snapshot, name)
    .filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

/** The value of a metric without labels; undefined where it has none. */
export function gaugeOf(snapshot: Snapshot, name: MetricName): number | undefined {
  return pointsOf(snapshot, name)[0]?.value;
}
