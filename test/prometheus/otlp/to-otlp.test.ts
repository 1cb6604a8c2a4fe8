import { describe, expect, it } from "vitest";
import { signals } from "../../../shared/otlp/signals.ts";
import { labelsOf } from "../../../shared/prometheus/labels.ts";
import { readOtlpMetrics } from "../../../shared/prometheus/otlp/read-otlp-metrics.ts";
import { createToOtlp } from "../../../shared/prometheus/otlp/to-otlp.ts";
import {
  addHistogram,
  addSample,
  addStaleMarker,
  createSampleBatch,
  type MetricType,
  type SampleBatch,
} from "../../../shared/prometheus/sample.ts";
import { seriesOf } from "../../../shared/prometheus/series.ts";
import { scan } from "../../../shared/wire/scan.ts";

const target = { job: "j", instance: "h:9100" };

function series(name: string, labels: Readonly<Record<string, string>> = {}) {
  return seriesOf(labelsOf(Object.entries({ __name__: name, ...target, ...labels })));
}

function family(batch: SampleBatch, name: string, type: MetricType, unit = ""): void {
  batch.metadata.push({ family: name, type, help: `${name} help`, unit });
}

function metricsOf(batch: SampleBatch) {
  const { bytes, ...counts } = createToOtlp().convert(batch);
  expect(scan(bytes, signals.metrics.request)).toMatchObject({ kind: "scanned", items: counts.points });
  const [resource] = readOtlpMetrics(bytes);
  return { resource, counts, metrics: resource?.scopes[0]?.metrics ?? [] };
}

describe("createToOtlp()", () => {
  it("names the resource after the target, with what target_info says", () => {
    const batch = createSampleBatch();
    addSample(batch, series("target_info", { host: "x" }), { timeMs: 1, value: 1 });
    addSample(batch, series("up"), { timeMs: 1, value: 1 });
    const { resource, counts } = metricsOf(batch);
    expect(resource?.attributes).toEqual([
      ["service.name", "j"],
      ["service.instance.id", "h:9100"],
      ["server.address", "h"],
      ["server.port", "9100"],
      ["host", "x"],
    ]);
    expect(counts).toEqual({ points: 1, dropped: 0 });
  });

  it("keeps counters monotonic under their own name, and units in UCUM", () => {
    const batch = createSampleBatch();
    family(batch, "c_seconds", "counter", "seconds");
    addSample(batch, series("c_seconds_total", { a: "1" }), { timeMs: 1_700_000_000_123, value: 2.5 });
    addStaleMarker(batch, series("c_seconds_total", { a: "2" }), 5);
    expect(metricsOf(batch).metrics).toMatchObject([
      {
        name: "c_seconds_total",
        description: "c_seconds help",
        unit: "s",
        data: {
          kind: "sum",
          isMonotonic: true,
          temporality: "cumulative",
          points: [
            { timeMs: 1_700_000_000_123, value: 2.5, attributes: [["a", "1"]], isStale: false },
            { timeMs: 5, isStale: true },
          ],
        },
      },
    ]);
  });

  it("puts histograms together and takes their buckets apart", () => {
    const batch = createSampleBatch();
    family(batch, "h", "histogram");
    const at = (value: number) => ({ timeMs: 7, value });
    const row = addSample(batch, series("h_bucket", { le: "1.0", a: "x" }), at(1));
    batch.exemplars.set(row, [
      { labels: ["k", "v", "trace_id", "0102030405060708090a0b0c0d0e0f10"], value: 0.5, timeMs: 6 },
    ]);
    addSample(batch, series("h_bucket", { le: "2.0", a: "x" }), at(3));
    addSample(batch, series("h_bucket", { le: "+Inf", a: "x" }), at(4));
    addSample(batch, series("h_count", { a: "x" }), at(4));
    addSample(batch, series("h_sum", { a: "x" }), at(9));
    addSample(batch, series("h_bucket", { le: "+Inf", a: "no count" }), at(4));
    const { metrics, counts } = metricsOf(batch);
    expect(counts).toEqual({ points: 1, dropped: 1 });
    expect(metrics).toMatchObject([
      {
        name: "h",
        data: {
          kind: "histogram",
          temporality: "cumulative",
          points: [
            {
              count: 4,
              sum: 9,
              bounds: [1, 2],
              counts: [1, 2, 1],
              attributes: [["a", "x"]],
              exemplars: [{ value: 0.5, traceId: "0102030405060708090a0b0c0d0e0f10" }],
            },
          ],
        },
      },
    ]);
  });

  it("puts summaries together", () => {
    const batch = createSampleBatch();
    family(batch, "s", "summary");
    addSample(batch, series("s", { quantile: "0.5" }), { timeMs: 1, value: 2 });
    addSample(batch, series("s_count"), { timeMs: 1, value: 3 });
    expect(metricsOf(batch).metrics).toMatchObject([
      { name: "s", data: { kind: "summary", points: [{ count: 3, sum: 0, quantiles: [[0.5, 2]], attributes: [] }] } },
    ]);
  });

  it("makes exponential histograms of native ones", () => {
    const batch = createSampleBatch();
    const histogram = {
      counts: "integer",
      count: 99,
      sum: 7.5,
      stale: false,
      schema: 0,
      zeroThreshold: 1e-128,
      zeroCount: 2,
      negativeSpans: [],
      negativeBuckets: [],
      positiveSpans: [
        { offset: 1, length: 2 },
        { offset: 2, length: 1 },
      ],
      positiveBuckets: [1, 1, 1],
      resetHint: 0,
      customValues: [],
    } as const;
    addHistogram(batch, series("e"), { timeMs: 1, histogram });
    addHistogram(batch, series("e2"), { timeMs: 1, histogram: { ...histogram, counts: "float" } });
    const { metrics, counts } = metricsOf(batch);
    expect(counts).toEqual({ points: 1, dropped: 1 });
    expect(metrics).toMatchObject([
      {
        name: "e",
        data: {
          kind: "exponential",
          points: [{ scale: 0, zeroCount: 2, count: 8, sum: 7.5, positive: { offset: 0, counts: [1, 2, 0, 0, 3] } }],
        },
      },
    ]);
  });

  it.each([
    ["info", "sum", false],
    ["stateset", "sum", false],
    ["gauge", "gauge", undefined],
  ] as const)("knows a form for %s", (type, kind, isMonotonic) => {
    const batch = createSampleBatch();
    family(batch, "m", type);
    addSample(batch, series("m", { otel_scope_name: "lib" }), { timeMs: 1, value: 1 });
    const { resource, metrics } = metricsOf(batch);
    expect(resource?.scopes[0]).toMatchObject({ name: "lib" });
    expect(metrics).toMatchObject([{ data: { kind, ...(isMonotonic !== undefined && { isMonotonic }) } }]);
  });
});
