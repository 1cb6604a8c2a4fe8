import { describe, expect, it } from "vitest";
import { fanOutSamples } from "../../shared/prometheus/fan-out.ts";
import {
  formatLabels,
  isLabelName,
  isMetricName,
  labelsKey,
  labelsOf,
  labelValue,
} from "../../shared/prometheus/labels.ts";
import { emptyHistogram } from "../../shared/prometheus/native-histogram.ts";
import { addHistogram, addSample, addStaleMarker, createSampleBatch } from "../../shared/prometheus/sample.ts";
import { createSeriesMemo, seriesOf } from "../../shared/prometheus/series.ts";

describe("labelsOf()", () => {
  it("sorts by bytes of the name, drops empty values and keeps the last of equal names", () => {
    const labels = labelsOf([
      ["b", "1"],
      ["__name__", "up"],
      ["a", ""],
      ["b", "2"],
      ["B", "3"],
    ]);
    expect(labels).toEqual(["B", "3", "__name__", "up", "b", "2"]);
    expect(labelValue(labels, "b")).toBe("2");
    expect(labelValue(labels, "a")).toBe("");
    expect(formatLabels(labels)).toBe('up{B="3", b="2"}');
  });
});

describe("createSeriesMemo()", () => {
  it("derives once per series and owner, however many owners there are", () => {
    const series = seriesOf(["__name__", "up"]);
    let made = 0;
    for (let owner = 0; owner < 40; owner++) {
      const memo = createSeriesMemo((given) => `${given.labels[1]}${owner}/${++made}`);
      expect(memo.get(series)).toBe(memo.get(series));
    }
    expect(made).toBe(40);
    expect(series.memoOthers?.length ?? 0).toBeLessThan(8);
  });
});

describe("SampleBatch", () => {
  it("holds values, stale markers and histograms by row", () => {
    const batch = createSampleBatch();
    const series = seriesOf(["__name__", "up"]);
    const histogram = emptyHistogram();
    const rows = [
      addSample(batch, series, { timeMs: 1, value: 2 }),
      addStaleMarker(batch, series, 3),
      addHistogram(batch, series, { timeMs: 4, histogram }),
    ];
    expect(rows).toEqual([0, 1, 2]);
    expect(batch.kinds).toEqual([0, 1, 2]);
    expect(batch.histograms.get(2)).toBe(histogram);
  });
});

describe("fanOutSamples()", () => {
  it("gives a batch to every receiver", async () => {
    const seen: number[] = [];
    const receiver = (id: number) => ({ consume: async () => void seen.push(id) });
    await fanOutSamples([receiver(1), receiver(2)]).consume(createSampleBatch());
    await fanOutSamples([receiver(3)]).consume(createSampleBatch());
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe("isMetricName(), isLabelName()", () => {
  it.each([
    ["a:b", true, false, true],
    ["a_1", true, true, true],
    ["1a", false, false, true],
    ["größe", false, false, true],
    ["", false, false, false],
    ["\ud800", false, false, false],
  ])("judges %j", (name, metric, label, utf8) => {
    expect([isMetricName(name, "legacy"), isLabelName(name, "legacy")]).toEqual([metric, label]);
    expect([isMetricName(name, "utf8"), isLabelName(name, "utf8")]).toEqual([utf8, utf8]);
  });

  it("tells sets of labels apart", () => {
    expect(labelsKey(["a", "bc"])).not.toBe(labelsKey(["ab", "c"]));
  });
});
