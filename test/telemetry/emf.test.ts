import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createEmf } from "../../shared/telemetry/emf.ts";
import { type MetricName, metricTable } from "../../shared/telemetry/metrics/metric-table.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";

const at = Date.UTC(2026, 10, 20);

describe("createEmf()", () => {
  test("writes what happened since the last call, one line a signal", () => {
    const metrics = createMetrics();
    const emf = createEmf({ stage: "prod" });
    metrics.add("sluice_accepted_items_total", { signal: "traces", transport: "http" }, 5);
    metrics.add("sluice_accepted_items_total", { signal: "traces", transport: "grpc" }, 2);
    metrics.add("sluice_crashes_total", { where: "ingest" });
    expect(emf(metrics.snapshot(), at).map((line) => JSON.parse(line))).toEqual([
      {
        _aws: {
          Timestamp: at,
          CloudWatchMetrics: [
            {
              Namespace: "Sluice",
              Dimensions: [["stage"], ["stage", "signal"]],
              Metrics: [{ Name: "accepted_items", Unit: "Count" }],
            },
          ],
        },
        stage: "prod",
        signal: "traces",
        accepted_items: 7,
      },
      {
        _aws: {
          Timestamp: at,
          CloudWatchMetrics: [
            { Namespace: "Sluice", Dimensions: [["stage"]], Metrics: [{ Name: "crashes", Unit: "Count" }] },
          ],
        },
        stage: "prod",
        crashes: 1,
      },
    ]);
    metrics.add("sluice_accepted_items_total", { signal: "traces", transport: "http" }, 1);
    expect(emf(metrics.snapshot(), at).map((line) => JSON.parse(line).accepted_items)).toEqual([1]);
  });

  test("writes the mean of a histogram over the time between", () => {
    const metrics = createMetrics();
    const emf = createEmf({ stage: "prod" });
    const sent = { signal: "logs", destination: "grafana-cloud" };
    metrics.observe("sluice_export_duration_seconds", sent, 9);
    emf(metrics.snapshot(), at);
    for (const seconds of [0.1, 0.3]) metrics.observe("sluice_export_duration_seconds", sent, seconds);
    const [line = "{}"] = emf(metrics.snapshot(), at);
    expect(JSON.parse(line).export_duration_seconds).toBeCloseTo(0.2);
  });

  test("writes nothing when nothing happened, and no metric that nobody watches", () => {
    const metrics = createMetrics();
    const emf = createEmf({ stage: "prod" });
    metrics.set("process_resident_memory_bytes", {}, 1);
    metrics.add("sluice_queued_batches_total", { signal: "logs" });
    expect(emf(metrics.snapshot(), at)).toEqual([]);
  });

  test("publishes every metric that alarms and the dashboard look at", () => {
    const metrics = createMetrics();
    for (const [name, { labels }] of Object.entries(metricTable)) {
      metrics.record(name as MetricName, Object.fromEntries(labels.map((label) => [label, "logs"])), 1);
    }
    const lines = createEmf({ stage: "prod" })(metrics.snapshot(), at);
    const published = new Set(lines.flatMap((line) => Object.keys(JSON.parse(line))));
    const watched = ["alarms", "dashboard"].flatMap((name) => {
      const text = readFileSync(new URL(`../../infra/${name}.yml`, import.meta.url), "utf8");
      return [...text.matchAll(/(?:Namespace: Sluice\s+MetricName: |"Sluice", ")(\w+)/g)].map(([, metric]) => metric);
    });
    expect(watched.length).toBeGreaterThan(5);
    expect(watched.filter((metric) => !published.has(String(metric)))).toEqual([]);
  });
});
