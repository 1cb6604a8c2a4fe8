import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatNames, formats, isFormatName } from "../../shared/batch/formats.ts";
import { inspect } from "../../shared/batch/inspect.ts";
import { merge } from "../../shared/wire/merge.ts";
import { scan } from "../../shared/wire/scan.ts";
import { split } from "../../shared/wire/split.ts";
import { toJson } from "../../shared/wire/to-json.ts";
import { codecs } from "../support/formats/codecs.ts";
import { type Pushed, pushRequests, type Written, writeRequests } from "../support/formats/requests.ts";

const write = formats["prometheus/write"].message;
const push = formats["loki/push"].message;

describe("formats", () => {
  it("has a row for every name, with a noun for its items", () => {
    for (const name of formatNames) {
      expect(formats[name].name).toBe(name);
      expect(formats[name].message.itemNoun).toMatch(/s$/);
    }
    expect([isFormatName("loki/push"), isFormatName("constructor"), isFormatName(1)]).toEqual([true, false, false]);
  });
});

describe("prometheus/write", () => {
  it("is scanned and counted as another codec writes it", () => {
    fc.assert(
      fc.property(writeRequests, (request) => {
        const bytes = codecs["prometheus/write"].encode(request);
        expect(scan(bytes, write)).toEqual({ kind: "scanned", items: samplesOf(request) });
      }),
    );
  });

  it("is cut into parts that hold the same, each series with its labels, and merged again", () => {
    fc.assert(
      fc.property(writeRequests, fc.integer({ min: 1, max: 5 }), (request, maxItems) => {
        const bytes = codecs["prometheus/write"].encode(request);
        const { parts, tooLarge } = split(bytes, write, { maxBytes: bytes.length + 1, maxItems });
        expect(tooLarge).toEqual([]);
        expect(parts.every(({ items }) => items <= maxItems)).toBe(true);
        const flat = (each: Uint8Array) => flatSeries(codecs["prometheus/write"].decode(each) as Written);
        expect(parts.flatMap((part) => flat(part.bytes))).toEqual(flat(bytes));
        expect(flat(merge(parts.map((part) => part.bytes)))).toEqual(flat(bytes));
      }),
    );
  });

  it("is shown with every field", () => {
    const count = { count_int: "7", sum: 1.5, schema: -3, zero_count_int: "0", timestamp: "-5" };
    const spans = { positive_spans: [{ offset: -1, length: 2 }], positive_deltas: ["3", "-9007199254740993"] };
    const histograms = [{ ...count, ...spans, reset_hint: 3, custom_values: [0.5] }];
    const labels = [{ name: "__name__", value: "latency" }];
    const metadata = [{ type: 3, metric_family_name: "latency", help: "How long.", unit: "seconds" }];
    const bytes = codecs["prometheus/write"].encode({ timeseries: [{ labels, histograms }], metadata });
    expect(toJson(bytes, write)).toEqual({
      timeseries: [
        {
          labels,
          histograms: [
            {
              countInt: "7",
              sum: 1.5,
              schema: -3,
              zeroCountInt: "0",
              positiveSpans: [{ offset: -1, length: 2 }],
              positiveDeltas: ["3", "-9007199254740993"],
              resetHint: 3,
              timestamp: "-5",
              customValues: [0.5],
            },
          ],
        },
      ],
      metadata: [{ type: 3, metricFamilyName: "latency", help: "How long.", unit: "seconds" }],
    });
  });

  it("tells its jobs and the times of its samples", () => {
    const series = (job: string, ...times: number[]) => ({
      labels: [
        { name: "__name__", value: "up" },
        { name: "job", value: job },
      ],
      samples: times.map((timestamp) => ({ value: 1, timestamp })),
    });
    const bytes = codecs["prometheus/write"].encode({ timeseries: [series("node", 2000, 9000), series("api", 1000)] });
    expect(inspect(bytes, "prometheus/write")).toEqual({ services: ["node", "api"], oldestAt: 1000, newestAt: 9000 });
  });
});

describe("loki/push", () => {
  it("is scanned and counted as another codec writes it", () => {
    fc.assert(
      fc.property(pushRequests, (request) => {
        const bytes = codecs["loki/push"].encode(request);
        const items = request.streams.reduce((sum, { entries }) => sum + entries.length, 0);
        expect(scan(bytes, push)).toEqual({ kind: "scanned", items });
      }),
    );
  });

  it("is cut into parts that hold the same, each stream with its labels, and merged again", () => {
    fc.assert(
      fc.property(pushRequests, fc.integer({ min: 1, max: 5 }), (request, maxItems) => {
        const bytes = codecs["loki/push"].encode(request);
        const { parts, tooLarge } = split(bytes, push, { maxBytes: bytes.length + 1, maxItems });
        expect(tooLarge).toEqual([]);
        expect(parts.every(({ items }) => items <= maxItems)).toBe(true);
        const flat = (each: Uint8Array) => flatStreams(codecs["loki/push"].decode(each) as Pushed);
        expect(parts.flatMap((part) => flat(part.bytes))).toEqual(flat(bytes));
        expect(flat(merge(parts.map((part) => part.bytes)))).toEqual(flat(bytes));
      }),
    );
  });

  it("tells its services and the times of its entries", () => {
    const at = (seconds: number, nanos: number) => ({ timestamp: { seconds, nanos }, line: "x" });
    const streams = [
      { labels: '{job="varlogs", service_name="api"}', entries: [at(3, 500_000_000), at(-1, 250_000_000)] },
      { labels: '{app="shop", job="x"}', entries: [at(2, 0)] },
      { labels: "{", entries: [] },
    ];
    const found = { services: ["api", "shop"], oldestAt: -750, newestAt: 3500 };
    expect(inspect(codecs["loki/push"].encode({ streams }), "loki/push")).toEqual(found);
  });
});

describe("inspect()", () => {
  it("throws for no bytes at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...formatNames), (bytes, name) => {
        expect(inspect(bytes, name).services.length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

function samplesOf({ timeseries, metadata }: Written): number {
  const items = timeseries.map((series) => [series.samples, series.exemplars, series.histograms]);
  return metadata.length + items.flat(2).length;
}

/** Every item with the labels that it stands below, in order. */
function flatSeries({ timeseries = [], metadata = [] }: Partial<Written>): unknown[] {
  const items = timeseries.flatMap(({ labels = [], samples = [], exemplars = [], histograms = [] }) =>
    [...samples, ...exemplars, ...histograms].map((item) => [labels, item]),
  );
  return [...items, ...metadata];
}

function flatStreams({ streams = [] }: Partial<Pushed>): unknown[] {
  return streams.flatMap(({ labels = "", entries = [] }) => entries.map((entry) => [labels, entry]));
}
