import type { MetricType } from "./sample.ts";

/** Types of metric families, each at its number in `prometheus.MetricMetadata`. */
export const metricTypes: readonly MetricType[] = [
  "unknown",
  "counter",
  "gauge",
  "histogram",
  "gaugehistogram",
  "summary",
  "info",
  "stateset",
];

/** The type by the word of the text format (`untyped` is unknown); undefined for others. */
export function textMetricType(word: string): MetricType | undefined {
  return word === "untyped"
    ? "unknown"
    : (["counter", "gauge", "histogram", "summary"] as const).find((type) => type === word);
}

/** The type by the word of OpenMetrics; undefined for others. */
export function openMetricsType(word: string): MetricType | undefined {
  return metricTypes.find((type) => type === word);
}
