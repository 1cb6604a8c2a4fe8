import type { Metric } from "./metrics/metric-row.ts";
import type { Point } from "./metrics/metrics.ts";

/** `Content-Type` of the text format (Prometheus, "Exposition formats", version 0.0.4). */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

/** A metric with its values; its name need not stand in `metricTable`. */
export interface MetricSeries extends Metric {
  readonly name: string;
  readonly points: readonly Point[];
}

/** A snapshot in the Prometheus text format. */
export function toPrometheus(snapshot: readonly MetricSeries[]): string {
  return snapshot.map(seriesText).join("");
}

function seriesText(series: MetricSeries): string {
  const { name, help, kind, points } = series;
  const head = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n`;
  return head + points.map((point) => (point.counts ? histogramText(series, point) : pointText(name, point))).join("");
}

function pointText(name: string, { labels, value }: Point): string {
  return `${name}${labelText(labels)} ${value}\n`;
}

function histogramText({ name, buckets = [] }: MetricSeries, { labels, value, counts = [] }: Point): string {
  let total = 0;
  let text = "";
  for (const [index, count] of counts.entries()) {
    total += count;
    text += `${name}_bucket${labelText({ ...labels, le: String(buckets[index] ?? "+Inf") })} ${total}\n`;
  }
  return `${text}${name}_sum${labelText(labels)} ${value}\n${name}_count${labelText(labels)} ${total}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
