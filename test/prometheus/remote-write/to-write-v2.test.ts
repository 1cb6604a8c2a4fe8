import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf } from "../../../shared/prometheus/labels.ts";
import { emptyHistogram, type NativeHistogram } from "../../../shared/prometheus/native-histogram.ts";
import { decodeWriteRequestV2 } from "../../../shared/prometheus/remote-write/decode-write-request.ts";
import { countWritten, toWriteV2 } from "../../../shared/prometheus/remote-write/to-write-v2.ts";
import { createMetadataTable } from "../../../shared/prometheus/remote-write/write-metadata.ts";
import { encodeWriteRequestV2 } from "../../../shared/prometheus/remote-write/write-request-v2.ts";
import { encodeWriteRequest } from "../../../shared/prometheus/remote-write/write-request-writer.ts";
import {
  addHistogram,
  addSample,
  addStaleMarker,
  createSampleBatch,
  type MetricMetadata,
} from "../../../shared/prometheus/sample.ts";
import { seriesOf } from "../../../shared/prometheus/series.ts";
import { merge } from "../../../shared/wire/merge.ts";
import { anyText } from "../../support/any-text.ts";

const counter: MetricMetadata = { family: "größe", type: "counter", help: "Größe € of it", unit: "s" };

function series(name: string, labels: Readonly<Record<string, string>> = {}) {
  return seriesOf(labelsOf(Object.entries({ ...labels, __name__: name })));
}

function mixed() {
  const batch = createSampleBatch();
  addSample(batch, series("größe", { a: "x", b: "größe" }), { timeMs: 5, value: 1 });
  const row = addSample(batch, series("größe", { a: "y" }), { timeMs: -5, value: Number.NaN });
  batch.exemplars.set(row, [{ labels: labelsOf([["trace_id", "x"]]), value: 2, timeMs: undefined }]);
  addStaleMarker(batch, series("gone"), 7);
  addHistogram(batch, series("native"), { timeMs: 9, histogram: native() });
  return batch;
}

function native(): NativeHistogram {
  return {
    ...emptyHistogram(),
    count: 3,
    sum: 2.5,
    schema: 1,
    zeroCount: 1,
    positiveSpans: [{ offset: 0, length: 2 }],
    positiveBuckets: [1, 0],
  };
}

describe("toWriteV2()", () => {
  it("makes of a request of 1.0 what is written for 2.0 from the samples", () => {
    const metadataOf = (name: string) => (name === counter.family ? counter : undefined);
    const made = toWriteV2(encodeWriteRequest(mixed()), metadataOf);
    expect(made).toEqual(encodeWriteRequestV2(mixed(), { metadataOf }));
  });

  it("makes one request of merged ones, and counts what is in it", () => {
    const one = encodeWriteRequest(mixed());
    const merged = merge([one, one]);
    expect(countWritten(one)).toBe(5);
    expect(countWritten(merged)).toBe(10);
    const decoded = decodeWriteRequestV2(toWriteV2(merged) ?? new Uint8Array(0), (flat) => seriesOf(flat));
    expect(decoded).toMatchObject({ kind: "decoded", batch: { timesMs: [5, -5, 7, 9, 5, -5, 7, 9] } });
  });

  it("makes two series of one that has samples and a histogram", () => {
    const batch = createSampleBatch();
    const both = series("both");
    addSample(batch, both, { timeMs: 1, value: 1 });
    addHistogram(batch, both, { timeMs: 2, histogram: native() });
    const made = createSampleBatch();
    addSample(made, series("both"), { timeMs: 1, value: 1 });
    addHistogram(made, series("both"), { timeMs: 2, histogram: native() });
    expect(toWriteV2(encodeWriteRequest(batch))).toEqual(encodeWriteRequestV2(made));
  });

  it("keeps every byte of a label, and leaves out metadata of 1.0", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText(), anyText())), (labels) => {
        const batch = createSampleBatch();
        addSample(batch, seriesOf(labelsOf([...labels, ["__name__", "m"]])), { timeMs: 1, value: 1 });
        batch.metadata.push(counter);
        const made = toWriteV2(encodeWriteRequest(batch));
        batch.metadata.length = 0;
        expect(made).toEqual(encodeWriteRequestV2(batch));
      }),
    );
  });

  it("makes nothing of bytes that are not a request, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        toWriteV2(bytes);
        countWritten(bytes);
      }),
    );
    const whole = encodeWriteRequest(mixed());
    expect(toWriteV2(whole.subarray(0, whole.length - 1))).toBeUndefined();
  });
});

describe("createMetadataTable()", () => {
  it("knows the family of a series by the series' name", () => {
    const table = createMetadataTable();
    const family = (name: string, type: MetricMetadata["type"]) => ({ family: name, type, help: "", unit: "" });
    table.add([family("h", "histogram"), family("c", "counter"), family("a_total", "counter")]);
    const types = ["h_bucket", "h_sum", "c_total", "a_total", "h", "x", "x_total"].map((name) => table.of(name)?.type);
    expect(types).toEqual(["histogram", "histogram", "counter", "counter", "histogram", undefined, undefined]);
  });
});
