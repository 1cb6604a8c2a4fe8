import { type HrTime, ValueType } from "@opentelemetry/api";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AggregationTemporality, DataPointType, type MetricData } from "@opentelemetry/sdk-metrics";
import type { Point, Series, Snapshot } from "./metrics/metrics.ts";

export interface OtlpMetricsOptions {
  /** Resource attributes, such as `service.name`. */
  readonly resource: Readonly<Record<string, string>>;
  /** When counting began, and the time of the snapshot: milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly at: number;
}

/**
 * A snapshot as an OTLP metrics export request in protobuf, cumulative. Import this file only where self-telemetry is
 * on: `await import("…/otlp-metrics.ts")` loads the OpenTelemetry packages.
 */
export function toOtlpMetrics(snapshot: Snapshot, { resource, startedAt, at }: OtlpMetricsOptions): Uint8Array {
  const times = { startTime: hrTime(startedAt), endTime: hrTime(at) };
  const metrics = snapshot.map((series) => metricData(series, times));
  const request = {
    resource: resourceFromAttributes({ ...resource }),
    scopeMetrics: [{ scope: { name: "sluice" }, metrics }],
  };
  return ProtobufMetricsSerializer.serializeRequest(request) ?? new Uint8Array();
}

interface Times {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

function metricData({ name, help, kind, buckets = [], points }: Series, times: Times): MetricData {
  const shared = {
    descriptor: { name, description: help, unit: unitOf(name), valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const plain = () => points.map(({ labels, value }) => ({ ...times, attributes: { ...labels }, value }));
  if (kind === "counter") {
    return { ...shared, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: plain() };
  }
  if (kind === "gauge") return { ...shared, dataPointType: DataPointType.GAUGE, dataPoints: plain() };
  const dataPoints = points.map((point) => ({
    ...times,
    attributes: { ...point.labels },
    value: histogram(point, buckets),
  }));
  return { ...shared, dataPointType: DataPointType.HISTOGRAM, dataPoints };
}

function histogram({ value, counts = [] }: Point, buckets: readonly number[]) {
  const count = counts.reduce((sum, each) => sum + each, 0);
  return { sum: value, count, buckets: { boundaries: [...buckets], counts: [...counts] } };
}

/** UCUM, as OpenTelemetry writes units. */
function unitOf(name: string): string {
  if (/_seconds(_total)?$/.test(name)) return "s";
  // Not "1": Prometheus, told so, renames a gauge to …_ratio.
  return /_bytes(_total)?$/.test(name) ? "By" : "";
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
}
