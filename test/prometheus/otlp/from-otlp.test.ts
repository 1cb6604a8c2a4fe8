import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { signals } from "../../../shared/otlp/signals.ts";
import { transcode } from "../../../shared/otlp/transcode.ts";
import { formatGoFloat } from "../../../shared/prometheus/go-float.ts";
import { labelPairs } from "../../../shared/prometheus/labels.ts";
import { createFromOtlp, type FromOtlpOptions } from "../../../shared/prometheus/otlp/from-otlp.ts";
import { readOtlpMetrics } from "../../../shared/prometheus/otlp/read-otlp-metrics.ts";
import { type SampleBatch, sampleKind } from "../../../shared/prometheus/sample.ts";

interface Case {
  readonly name: string;
  readonly arguments: Readonly<Record<string, boolean>>;
  readonly requests: readonly object[];
  readonly expect: readonly Readonly<Record<string, unknown>>[];
  readonly quirk?: string;
}

const path = new URL("../../fixtures/prometheus/remote-write-otlp.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly Case[] };

function optionsOf(args: Case["arguments"], drops: string[]): FromOtlpOptions {
  return {
    targetInfo: args.include_target_info ?? true,
    scopeInfo: args.include_scope_info ?? false,
    scopeLabels: args.include_scope_labels ?? true,
    suffixes: args.add_metric_suffixes ?? true,
    resourceLabels: args.resource_to_telemetry_conversion ?? false,
    keepIdentifying: args.keep_identifying_resource_attributes ?? false,
    classicToCustomBuckets: args.convert_classic_histograms_to_nhcb ?? false,
    dropped: (reason, points) => void drops.push(`${reason} ${points}`),
  };
}

function protobufOf(request: object): Uint8Array {
  const result = transcode(Buffer.from(jsonOf(request)), signals.metrics);
  if (result.kind !== "transcoded") {
    throw new Error(JSON.stringify(result));
  }
  return result.bytes;
}

/** JSON has no negative zero of its own when JavaScript prints it; text is allowed in its place. */
function jsonOf(request: object): string {
  return JSON.stringify(request, (_, value) => (Object.is(value, -0) ? "-0" : value));
}

function readable(batch: SampleBatch): Record<string, unknown>[] {
  return batch.series.flatMap(({ labels }, row) => {
    const pairs = Object.fromEntries(labelPairs(labels));
    const isInfo = pairs.__name__ === "target_info" || pairs.__name__ === "otel_scope_info";
    const time = isInfo ? {} : { timestampMs: String(batch.timesMs[row]) };
    const h = batch.histograms.get(row);
    const value = batch.kinds[row] === sampleKind.stale ? "StaleNaN" : formatGoFloat(batch.values[row] ?? 0);
    const spans = (given: readonly { offset: number; length: number }[] = []) =>
      given.map(({ offset, length }) => [offset, length]);
    const histogram = h && {
      count: String(h.count),
      negativeDeltas: h.negativeBuckets.length === 0 ? null : h.negativeBuckets,
      negativeSpans: spans(h.negativeSpans),
      positiveDeltas: h.positiveBuckets.length === 0 ? null : h.positiveBuckets,
      positiveSpans: spans(h.positiveSpans),
      schema: h.schema,
      sum: h.stale ? "StaleNaN" : formatGoFloat(h.sum),
      zeroCount: String(h.zeroCount),
      zeroThreshold: formatGoFloat(h.zeroThreshold),
      ...(h.customValues.length > 0 && { customValues: h.customValues }),
    };
    const sample = { labels: pairs, ...time, ...(histogram ? { histogram } : { value }) };
    const exemplars = (batch.exemplars.get(row) ?? []).map((exemplar) => ({
      labels: pairs,
      exemplar: {
        labels: Object.fromEntries(labelPairs(exemplar.labels)),
        timestampMs: String(exemplar.timeMs),
        value: formatGoFloat(exemplar.value),
      },
    }));
    return [sample, ...exemplars];
  });
}

const sorted = (all: readonly object[]) => all.map((each) => JSON.stringify(sortKeys(each))).sort();

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortKeys);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}

function run(given: Pick<Case, "arguments" | "requests">) {
  const drops: string[] = [];
  const converter = createFromOtlp(optionsOf(given.arguments, drops));
  const out = given.requests.flatMap((request) =>
    readable(converter.convert(readOtlpMetrics(protobufOf(request)), 1_000)),
  );
  return { out, drops, converter };
}

const improved = new Set(["histogram attribute le", "histogram exemplar on the bound"]);

describe("createFromOtlp()", () => {
  it.each(cases.filter(({ name }) => !improved.has(name)))("$name", (given) => {
    expect(sorted(run(given).out)).toEqual(sorted(given.expect));
  });

  const named = (name: string) => cases.find((each) => each.name === name) as Case;

  it("drops an attribute le of a histogram and says so", () => {
    const { out, drops } = run(named("histogram attribute le"));
    const buckets = out.map(({ labels }) => (labels as Record<string, string>).le).filter((le) => le !== undefined);
    expect(buckets.sort()).toEqual(["+Inf", "1"]);
    expect(drops).toEqual(["label 0"]);
  });

  it("puts an exemplar on a bound into the bucket below it", () => {
    const { out } = run(named("histogram exemplar on the bound"));
    const exemplars = out.filter((entry) => "exemplar" in entry);
    expect(exemplars.map(({ labels }) => (labels as Record<string, string>).le)).toEqual(["1"]);
  });

  it("counts what it drops", () => {
    expect(run(named("delta histogram is dropped")).drops).toEqual(["temporality 1"]);
    expect(run(named("older point of a series is skipped")).drops).toEqual(["older 1"]);
    expect(run(named("exponential histogram below scale -4 is dropped")).drops).toEqual(["scale 1"]);
  });

  it("forgets series that do not come any more", () => {
    const { converter } = run(named("gauge double"));
    expect(converter.size).toBe(2);
    converter.sweep();
    converter.sweep();
    expect(converter.size).toBe(0);
  });
});
