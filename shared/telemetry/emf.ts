import type { MetricName } from "./metrics/metric-table.ts";
import type { Point, Snapshot } from "./metrics/metrics.ts";

export interface EmfOptions {
  /** Dimension of every metric; a second set of dimensions adds the signal where a metric has one. */
  readonly stage: string;
}

/** What alarms and the dashboard need; CloudWatch asks $0.30 a month for each metric and dimension that had a value. */
const published: ReadonlySet<MetricName> = new Set<MetricName>([
  "sluice_accepted_items_total",
  "sluice_refused_requests_total",
  "sluice_refused_items_total",
  "sluice_refused_records_total",
  "sluice_unavailable_requests_total",
  "sluice_queue_failures_total",
  "sluice_sender_limited_requests_total",
  "sluice_delivered_exports_total",
  "sluice_delivered_items_total",
  "sluice_rejected_items_total",
  "sluice_retried_exports_total",
  "sluice_dead_lettered_items_total",
  "sluice_spilled_items_total",
  "sluice_replayed_items_total",
  "sluice_discarded_items_total",
  "sluice_destination_refusals_total",
  "sluice_config_kept_total",
  "sluice_crashes_total",
  "sluice_export_duration_seconds",
]);

type Values = Record<string, { readonly value: number; readonly unit: "Count" | "Seconds" }>;

/**
 * What happened since the last call, as lines in CloudWatch's embedded metric format (CloudWatch guide, "Specification:
 * Embedded metric format"): namespace `Sluice`, `sluice_accepted_items_total` becomes `accepted_items`. Labels other than
 * the signal are summed up, because each combination would be a metric to pay for. Nothing new: no lines.
 */
export function createEmf({ stage }: EmfOptions): (snapshot: Snapshot, at: number) => readonly string[] {
  let before: Snapshot = [];
  return (snapshot, at) => {
    const lines = [...bySignal(snapshot, before)].map(([signal, values]) => line({ stage, signal, values, at }));
    before = snapshot;
    return lines;
  };
}

function bySignal(snapshot: Snapshot, before: Snapshot): ReadonlyMap<string | undefined, Values> {
  const signals = new Map<string | undefined, Values>();
  for (const series of snapshot) {
    if (!published.has(series.name)) continue;
    const old = before.find(({ name }) => name === series.name)?.points ?? [];
    for (const signal of new Set(series.points.map(({ labels }) => labels.signal))) {
      const grown = growth(series.points, signal) - growth(old, signal);
      const observed = series.kind === "histogram" ? count(series.points, signal) - count(old, signal) : 1;
      if (grown === 0 || observed === 0) continue;
      const values = signals.get(signal) ?? {};
      values[shortName(series.name)] = { value: grown / observed, unit: unitOf(series.name) };
      signals.set(signal, values);
    }
  }
  return signals;
}

/** Of a counter what it counted; of a histogram the sum, which `observed` turns into the mean of the time between. */
function growth(points: readonly Point[], signal: string | undefined): number {
  return points.reduce((sum, point) => (point.labels.signal === signal ? sum + point.value : sum), 0);
}

function count(points: readonly Point[], signal: string | undefined): number {
  return points.reduce(
    (sum, { labels, counts = [] }) => (labels.signal === signal ? counts.reduce((all, each) => all + each, sum) : sum),
    0,
  );
}

function line(part: {
  readonly stage: string;
  readonly signal: string | undefined;
  readonly values: Values;
  readonly at: number;
}): string {
  const { stage, signal, values, at } = part;
  const Dimensions = signal === undefined ? [["stage"]] : [["stage"], ["stage", "signal"]];
  const Metrics = Object.entries(values).map(([Name, { unit }]) => ({ Name, Unit: unit }));
  const plain = Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
  const _aws = { Timestamp: at, CloudWatchMetrics: [{ Namespace: "Sluice", Dimensions, Metrics }] };
  return `${JSON.stringify({ _aws, stage, signal, ...plain })}\n`;
}

function shortName(name: MetricName): string {
  return name.replace(/^sluice_/, "").replace(/_total$/, "");
}

function unitOf(name: MetricName): "Count" | "Seconds" {
  return name.endsWith("_seconds") ? "Seconds" : "Count";
}
