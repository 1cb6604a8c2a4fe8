import { describe, expect, test } from "vitest";
import { metricTable } from "../../../shared/telemetry/metrics/metric-table.ts";
import { createMetrics } from "../../../shared/telemetry/metrics/metrics.ts";
import { toPrometheus } from "../../../shared/telemetry/prometheus.ts";

const sent = { signal: "traces", destination: "grafana-cloud" };

describe("createMetrics()", () => {
  test("counts further label combinations as `other` once a metric has too many", () => {
    const metrics = createMetrics({ maxPoints: 2 });
    for (const where of ["a", "b", "c", "d", "a"]) metrics.add("sluice_crashes_total", { where });
    const points = metrics.snapshot()[0]?.points;
    expect(points?.map(({ labels, value }) => [labels.where, value])).toEqual([
      ["a", 2],
      ["b", 1],
      ["other", 2],
    ]);
  });

  test("counts labels that take turns each for itself, and afresh what was forgotten", () => {
    const metrics = createMetrics();
    const value = (where: string) =>
      metrics.snapshot()[0]?.points.find(({ labels }) => labels.where === where)?.value ?? 0;
    for (const where of ["a", "b", "a", "a", "b"]) metrics.add("sluice_crashes_total", { where });
    expect([value("a"), value("b")]).toEqual([3, 2]);
    metrics.remove("sluice_crashes_total", { where: "b" });
    metrics.add("sluice_crashes_total", { where: "b" });
    expect(value("b")).toBe(1);
    metrics.clear("sluice_crashes_total");
    metrics.add("sluice_crashes_total", { where: "b" });
    expect([value("a"), value("b")]).toEqual([0, 1]);
  });

  test("bounds label values", () => {
    const metrics = createMetrics();
    metrics.add("sluice_crashes_total", { where: "x".repeat(1_000) });
    expect(metrics.snapshot()[0]?.points[0]?.labels.where).toHaveLength(64);
  });

  test("keeps whole paths, many of them, and forgets those that are gone", () => {
    const metrics = createMetrics();
    const labels = (index: number) => ({ component_id: "c", path: `/var/log/${"x".repeat(100)}/${index}` });
    for (let index = 0; index < 500; index += 1) metrics.add("loki_source_file_read_lines_total", labels(index));
    expect(metrics.snapshot()[0]?.points).toHaveLength(500);
    expect(metrics.snapshot()[0]?.points[7]?.labels).toEqual(labels(7));
    metrics.remove("loki_source_file_read_lines_total", labels(7));
    expect(metrics.snapshot()[0]?.points).toHaveLength(499);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])("leaves a counter alone when told to add %d", (by) => {
    const metrics = createMetrics();
    metrics.add("sluice_crashes_total", { where: "a" }, by);
    expect(metrics.snapshot().flatMap(({ points }) => points.map(({ value }) => value))).not.toContain(by);
  });

  test("answers with a copy", () => {
    const metrics = createMetrics();
    metrics.observe("sluice_export_duration_seconds", sent, 0.3);
    const before = metrics.snapshot();
    metrics.observe("sluice_export_duration_seconds", sent, 0.3);
    expect(before[0]?.points[0]?.value).toBe(0.3);
    expect(before[0]?.points[0]?.counts?.reduce((sum, count) => sum + count)).toBe(1);
  });
});

describe("toPrometheus()", () => {
  test("writes counters, gauges and cumulative histograms", () => {
    const metrics = createMetrics();
    metrics.add("sluice_accepted_items_total", { signal: "logs", transport: "grpc" }, 3);
    metrics.set("sluice_in_flight_bytes", {}, 17);
    for (const seconds of [0.001, 0.3, 99]) metrics.observe("sluice_export_duration_seconds", sent, seconds);
    expect(toPrometheus(metrics.snapshot()).split("\n")).toEqual([
      "# HELP sluice_accepted_items_total Items of accepted requests",
      "# TYPE sluice_accepted_items_total counter",
      'sluice_accepted_items_total{signal="logs",transport="grpc"} 3',
      "# HELP sluice_export_duration_seconds Time from sending an export to its answer",
      "# TYPE sluice_export_duration_seconds histogram",
      ...[
        ["0.005", 1],
        ["0.01", 1],
        ["0.025", 1],
        ["0.05", 1],
        ["0.1", 1],
        ["0.25", 1],
        ["0.5", 2],
        ["1", 2],
        ["2.5", 2],
        ["5", 2],
        ["10", 2],
        ["30", 2],
        ["+Inf", 3],
      ].map(
        ([le, count]) =>
          `sluice_export_duration_seconds_bucket{signal="traces",destination="grafana-cloud",le="${le}"} ${count}`,
      ),
      'sluice_export_duration_seconds_sum{signal="traces",destination="grafana-cloud"} 99.301',
      'sluice_export_duration_seconds_count{signal="traces",destination="grafana-cloud"} 3',
      "# HELP sluice_in_flight_bytes Bytes received and not yet durable",
      "# TYPE sluice_in_flight_bytes gauge",
      "sluice_in_flight_bytes 17",
      "",
    ]);
  });

  test("escapes label values", () => {
    const metrics = createMetrics();
    metrics.add("sluice_crashes_total", { where: 'a"b\\c\nd' });
    expect(toPrometheus(metrics.snapshot())).toContain('{where="a\\"b\\\\c\\nd"} 1\n');
  });
});

describe("metricTable", () => {
  test("follows the naming rules that promtool checks, where names are not Alloy's", () => {
    for (const [name, { kind, help, labels }] of Object.entries(metricTable)) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
      if (!/^(alloy|loki|otelcol|prometheus)_/.test(name))
        expect(name.endsWith("_total"), name).toBe(kind === "counter");
      expect(name).not.toMatch(/_(count|sum|bucket|milliseconds|ms|kilobytes)$|_(counter|gauge|histogram)_/);
      expect(labels).not.toContain("quantile");
      expect(labels).not.toContain("le");
      expect(help.length).toBeGreaterThan(5);
    }
  });
});
