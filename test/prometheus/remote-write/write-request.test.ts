import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatGoFloat } from "../../../shared/prometheus/go-float.ts";
import { labelPairs, labelsOf } from "../../../shared/prometheus/labels.ts";
import {
  type DecodedWrite,
  decodeWriteRequest,
  decodeWriteRequestV2,
} from "../../../shared/prometheus/remote-write/decode-write-request.ts";
import { encodeWriteRequestV2 } from "../../../shared/prometheus/remote-write/write-request-v2.ts";
import { encodeWriteRequest, forEachSeries } from "../../../shared/prometheus/remote-write/write-request-writer.ts";
import {
  addHistogram,
  addSample,
  addStaleMarker,
  createSampleBatch,
  type MetricType,
  type SampleBatch,
  sampleKind,
} from "../../../shared/prometheus/sample.ts";
import { seriesOf } from "../../../shared/prometheus/series.ts";

interface Point {
  readonly timestampMs: string;
  readonly value: string;
}
interface Content {
  readonly timeseries?: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly metadata?: { readonly help: string; readonly type: string; readonly unit: string };
    readonly samples?: readonly (Point & { readonly startTimestampMs?: string })[];
    readonly exemplars?: readonly (Point & { readonly labels: Readonly<Record<string, string>> })[];
    readonly histograms?: readonly {
      readonly count: string;
      readonly positiveDeltas: readonly number[];
      readonly positiveSpans: readonly (readonly [number, number])[];
      readonly schema: number;
      readonly sum: string;
      readonly timestampMs: string;
      readonly zeroCount: string;
      readonly zeroThreshold: string;
    }[];
  }[];
  readonly metadata?: readonly {
    readonly help: string;
    readonly metricFamilyName: string;
    readonly type: string;
    readonly unit: string;
  }[];
}
interface Case {
  readonly name: string;
  readonly message: string;
  readonly content: Content;
  readonly hex: string;
}

const path = new URL("../../fixtures/prometheus/wire.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly Case[] };
const metricsCases = cases.filter(({ message }) => !message.startsWith("logproto"));

function batchOf(content: Content): SampleBatch {
  const batch = createSampleBatch();
  for (const given of content.timeseries ?? []) {
    const series = seriesOf(labelsOf(Object.entries(given.labels)));
    const first = batch.series.length;
    for (const { timestampMs, value } of given.samples ?? []) {
      if (value === "StaleNaN") {
        addStaleMarker(batch, series, Number(timestampMs));
      } else {
        addSample(batch, series, { timeMs: Number(timestampMs), value: Number(value) });
      }
    }
    for (const h of given.histograms ?? []) {
      addHistogram(batch, series, {
        timeMs: Number(h.timestampMs),
        histogram: {
          counts: "integer",
          count: Number(h.count),
          sum: Number(h.sum),
          stale: false,
          schema: h.schema,
          zeroThreshold: Number(h.zeroThreshold),
          zeroCount: Number(h.zeroCount),
          negativeSpans: [],
          negativeBuckets: [],
          positiveSpans: h.positiveSpans.map(([offset, length]) => ({ offset, length })),
          positiveBuckets: h.positiveDeltas,
          resetHint: 0,
          customValues: [],
        },
      });
    }
    if (given.exemplars) {
      batch.exemplars.set(
        first,
        given.exemplars.map(({ labels, timestampMs, value }) => ({
          labels: labelsOf(Object.entries(labels)),
          value: Number(value),
          timeMs: Number(timestampMs),
        })),
      );
    }
    if (given.metadata) {
      batch.metadata.push({
        family: "c_total",
        type: given.metadata.type.toLowerCase() as MetricType,
        help: given.metadata.help,
        unit: given.metadata.unit,
      });
    }
  }
  for (const { metricFamilyName, type, help, unit } of content.metadata ?? []) {
    batch.metadata.push({ family: metricFamilyName, type: type.toLowerCase() as MetricType, help, unit });
  }
  return batch;
}

function readable(batch: SampleBatch) {
  const out: unknown[] = [];
  forEachSeries(batch, (from, to) => {
    const rows: unknown[] = [];
    for (let row = from; row < to; row++) {
      const value = batch.kinds[row] === sampleKind.stale ? "StaleNaN" : formatGoFloat(batch.values[row] ?? 0);
      rows.push([batch.timesMs[row], batch.kinds[row], value, batch.histograms.get(row), batch.exemplars.get(row)]);
    }
    out.push([labelPairs(batch.series[from]?.labels ?? []), rows]);
  });
  return [out, batch.metadata];
}

function decoded(result: DecodedWrite): SampleBatch {
  if (result.kind === "invalid") {
    throw new Error(result.reason);
  }
  return result.batch;
}

const makeSeries = (labels: readonly string[]) => seriesOf(labels);

describe("encodeWriteRequest(), decodeWriteRequest()", () => {
  it.each(metricsCases.filter(({ message }) => message === "prometheus.WriteRequest"))("$name", ({ content, hex }) => {
    expect(Buffer.from(encodeWriteRequest(batchOf(content))).toString("hex")).toBe(hex);
    expect(readable(decoded(decodeWriteRequest(Buffer.from(hex, "hex"), makeSeries)))).toEqual(
      readable(batchOf(content)),
    );
  });

  it("tells the two bytes of NaN from staleness", () => {
    const batch = createSampleBatch();
    addSample(batch, seriesOf(["__name__", "a"]), { timeMs: 1, value: Number.NaN });
    expect(Buffer.from(encodeWriteRequest(batch)).toString("hex")).toContain("010000000000f87f");
  });

  it("never throws, whatever the bytes", () => {
    const request = encodeWriteRequest(
      batchOf(metricsCases.find(({ name }) => name === "two samples and an exemplar")?.content ?? {}),
    );
    fc.assert(
      fc.property(fc.nat(request.length - 1), fc.nat(255), fc.nat(request.length), (at, byte, end) => {
        const broken = request.slice(0, end);
        broken[at] = byte;
        expect(["decoded", "invalid"]).toContain(decodeWriteRequest(broken, makeSeries).kind);
        expect(["decoded", "invalid"]).toContain(decodeWriteRequestV2(broken, makeSeries).kind);
      }),
    );
  });
});

describe("encodeWriteRequestV2(), decodeWriteRequestV2()", () => {
  it.each(metricsCases.filter(({ message }) => message.startsWith("io.prometheus")))("$name", ({ content, hex }) => {
    const startMs = Number(content.timeseries?.[0]?.samples?.[0]?.startTimestampMs ?? 0);
    const bytes = encodeWriteRequestV2(batchOf(content), { startMs: () => startMs });
    expect(Buffer.from(bytes).toString("hex")).toBe(hex);
    const [series] = readable(decoded(decodeWriteRequestV2(Buffer.from(hex, "hex"), makeSeries)));
    expect(series).toEqual(readable(batchOf(content))[0]);
  });

  it.each([
    ["2200220161220162" + "2a040a020109", "labelRefs 1 (value) = 9 outside of symbols table (size 3)"],
    ["22002a050a03000000", "invalid labelRefs length 3"],
  ])("refuses references that lead nowhere", (hex, reason) => {
    const result = decodeWriteRequestV2(Buffer.from(hex, "hex"), makeSeries);
    expect(result).toEqual({ kind: "invalid", reason });
  });
});
