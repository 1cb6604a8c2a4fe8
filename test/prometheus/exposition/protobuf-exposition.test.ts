import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLabels } from "../../../shared/prometheus/labels.ts";
import { OtlpWriter } from "../../../shared/prometheus/otlp/otlp-writer.ts";
import { createRelabel } from "../../../shared/prometheus/relabel/relabel.ts";
import { sampleKind } from "../../../shared/prometheus/sample.ts";
import { createTargetScrape } from "../../../shared/prometheus/scrape/target-scrape.ts";
import { plainRules } from "../../support/prometheus/scrape-rules.ts";

const types = { COUNTER: 0, GAUGE: 1, SUMMARY: 2, UNTYPED: 3, HISTOGRAM: 4, GAUGE_HISTOGRAM: 5 } as const;

/** A delimited MetricFamily with one metric (io.prometheus.client, metrics.proto). */
function family(name: string, type: keyof typeof types, write: (out: OtlpWriter) => void): Uint8Array {
  const out = new OtlpWriter();
  out.text(1, name);
  out.text(2, `${name} help`);
  out.varint(3, types[type]);
  out.message(4, () => {
    out.message(1, () => {
      out.text(1, "a");
      out.text(2, "b");
    });
    write(out);
  });
  const bytes = out.finish();
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}

const counter = family("c_total", "COUNTER", (out) =>
  out.message(3, () => {
    out.double(1, 5);
    out.message(2, () => {
      out.message(1, () => {
        out.text(1, "trace_id");
        out.text(2, "x");
      });
      out.double(2, 4);
    });
  }),
);
const summary = family("s", "SUMMARY", (out) =>
  out.message(4, () => {
    out.varint(1, 3);
    out.double(2, 7);
    out.message(3, () => {
      out.double(1, 1);
      out.double(2, 2);
    });
  }),
);
const histogram = family("h", "HISTOGRAM", (out) =>
  out.message(7, () => {
    out.varint(1, 3);
    out.double(2, 9);
    out.message(3, () => {
      out.varint(1, 2);
      out.double(2, 1);
    });
    out.sint(5, 1);
    out.double(6, 0.001);
    out.varint(7, 2);
    out.message(12, () => {
      out.sint(1, -1);
      out.varint(2, 2);
    });
    out.sint(13, 1);
    out.sint(13, -1);
  }),
);

function scraper(histograms: { native: boolean; classicToo: boolean }) {
  const scrape = createTargetScrape([], {
    ...plainRules,
    relabel: createRelabel([], "metrics"),
    histograms: { buckets: 0, maxSchema: 8, ...histograms },
  });
  return (body: Uint8Array, timeMs: number) => {
    const scraped = scrape.take(
      { kind: "body", body, format: "protobuf" },
      { timeMs, durationSeconds: 0, timeoutSeconds: 1 },
    );
    const { batch } = scraped;
    const lines = batch.series.map(({ labels }, row) => {
      const value =
        batch.kinds[row] === sampleKind.stale
          ? "stale"
          : batch.kinds[row] === sampleKind.histogram
            ? "histogram"
            : batch.values[row];
      return `${formatLabels(labels)} ${value}`;
    });
    return { ...scraped, lines: lines.filter((line) => !/^(up|scrape_)/.test(line)) };
  };
}

describe("parseProtobuf()", () => {
  it("reads counters, summaries and the buckets of histograms", () => {
    const take = scraper({ native: false, classicToo: false });
    const { lines, batch } = take(Buffer.concat([counter, summary, histogram]), 1_000);
    expect(lines).toEqual([
      'c_total{a="b"} 5',
      's_count{a="b"} 3',
      's_sum{a="b"} 7',
      's{a="b", quantile="1.0"} 2',
      'h_count{a="b"} 3',
      'h_sum{a="b"} 9',
      'h_bucket{a="b", le="1.0"} 2',
      'h_bucket{a="b", le="+Inf"} 3',
    ]);
    expect(batch.exemplars.get(0)).toEqual([{ labels: ["trace_id", "x"], value: 4, timeMs: undefined }]);
    expect(batch.metadata[0]).toEqual({ family: "c_total", type: "counter", help: "c_total help", unit: "" });
    expect(take(Buffer.concat([counter]), 2_000).lines).toContain('s_sum{a="b"} stale');
  });

  it("reads native histograms, alone or beside their buckets", () => {
    const { lines, batch } = scraper({ native: true, classicToo: false })(histogram, 1_000);
    expect(lines).toEqual(['h{a="b"} histogram']);
    expect(batch.histograms.get(0)).toMatchObject({
      count: 3,
      sum: 9,
      schema: 1,
      zeroThreshold: 0.001,
      zeroCount: 2,
      positiveSpans: [{ offset: -1, length: 2 }],
      positiveBuckets: [1, -1],
    });
    expect(scraper({ native: true, classicToo: true })(histogram, 1_000).lines).toHaveLength(5);
  });

  it("knows gauge histograms, and keeps of a native one the exemplars that have a time, in order", () => {
    const exemplar = (out: OtlpWriter, value: number, seconds?: number) =>
      out.message(16, () => {
        out.double(2, value);
        if (seconds !== undefined) out.message(3, () => out.varint(1, seconds));
      });
    const gauge = family("g", "GAUGE_HISTOGRAM", (out) =>
      out.message(7, () => {
        out.varint(1, 2);
        out.double(2, 9);
        out.double(6, 0.001);
        out.varint(7, 2);
        exemplar(out, 1, 20);
        exemplar(out, 2);
        exemplar(out, 3, 10);
      }),
    );
    const { batch } = scraper({ native: true, classicToo: false })(gauge, 30_000);
    expect(batch.histograms.get(0)?.resetHint).toBe(3);
    expect(batch.exemplars.get(0)?.map(({ value, timeMs }) => [value, timeMs])).toEqual([
      [3, 10_000],
      [1, 20_000],
    ]);
  });

  it("fails on what is not whole, and never throws", () => {
    const whole = Buffer.concat([counter, histogram]);
    expect(scraper({ native: true, classicToo: true })(whole.subarray(0, whole.length - 3), 1).reason).toBeTypeOf(
      "string",
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const broken = Buffer.from(whole);
        broken[at] = byte;
        expect(scraper({ native: true, classicToo: true })(broken, 1).report).toBeDefined();
      }),
    );
  });
});
