import { describe, expect, it } from "vitest";
import { prometheusName, ucumUnit } from "../../../shared/prometheus/otlp/metric-names.ts";
import type { OtlpData } from "../../../shared/prometheus/otlp/otlp-metrics.ts";
import found from "../../fixtures/prometheus/otlp-found.json" with { type: "json" };
import { ownLines, toldLines } from "../../support/prometheus/otlp-series.ts";

const data: Readonly<Record<string, OtlpData>> = {
  gauge: { kind: "gauge", points: [] },
  counter: { kind: "sum", points: [], isMonotonic: true, temporality: "cumulative" },
  sum: { kind: "sum", points: [], isMonotonic: false, temporality: "cumulative" },
  histogram: { kind: "histogram", points: [], temporality: "cumulative" },
};

describe("prometheusName()", () => {
  it.each(found.names)("makes of $name in $unit what the Collector makes of it", (given) => {
    const metric = { name: given.name, unit: given.unit, description: "", data: data[given.kind] ?? { kind: "none" } };
    expect(prometheusName(metric as Parameters<typeof prometheusName>[0], given.suffixes)).toBe(given.expect);
  });
});

describe("ucumUnit()", () => {
  it.each([
    ["seconds", "s"],
    ["kilobytes", "KBy"],
    ["ratio", "1"],
    ["meters_per_second", "m/s"],
    ["requests_per_fortnight", "requests/fortnight"],
    ["things", "things"],
    ["", ""],
  ])("turns %j into %j", (words, unit) => {
    expect(ucumUnit(words)).toBe(unit);
  });
});

describe("createFromOtlp()", () => {
  it.each(found.requests)(
    "writes attributes and resources as the Collector does ($#)",
    ({ request, expect: expected }) => {
      expect(ownLines(Buffer.from(JSON.stringify(request)))).toEqual(toldLines(expected as never));
    },
  );

  it("writes the bucket of an infinite bound once", () => {
    const point = { timeUnixNano: "1000000", count: "3", bucketCounts: ["1", "2"], explicitBounds: [1, "Infinity"] };
    const histogram = { dataPoints: [point], aggregationTemporality: 2 };
    const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", histogram }] }] }] };
    const lines = ownLines(Buffer.from(JSON.stringify(request)));
    expect(lines.filter((line) => line.includes("+Inf"))).toHaveLength(1);
  });
});
