import type { Point, Series, Snapshot } from "../../shared/telemetry/metrics/metrics.ts";

/** Gauges that are not sums: how the values of several processes become one. */
const combine: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sluice_destination_up: (values) => Math.min(...values),
  sluice_event_loop_delay_seconds: (values) => Math.max(...values),
  sluice_build_info: () => 1,
  process_start_time_seconds: (values) => Math.min(...values),
};

/** The metrics of several processes as those of one daemon: counters and histograms are added, bucket by bucket. */
export function sumSnapshots(snapshots: readonly Snapshot[]): Snapshot {
  const byName = Map.groupBy(snapshots.flat(), ({ name }) => name);
  return [...byName.values()].flatMap((series) => {
    const [first] = series;
    return first ? { ...first, points: sumPoints(first, series) } : [];
  });
}

function sumPoints({ name }: Series, series: readonly Series[]): readonly Point[] {
  const byLabels = Map.groupBy(
    series.flatMap(({ points }) => points),
    ({ labels }) => JSON.stringify(labels),
  );
  return [...byLabels.values()].flatMap((points) => {
    const [first] = points;
    if (!first) return [];
    const values = points.map(({ value }) => value);
    const value = combine[name]?.(values) ?? values.reduce((sum, each) => sum + each, 0);
    const counts = first.counts?.map((_, bucket) =>
      points.reduce((sum, point) => sum + (point.counts?.[bucket] ?? 0), 0),
    );
    return { labels: first.labels, value, ...(counts && { counts }) };
  });
}
