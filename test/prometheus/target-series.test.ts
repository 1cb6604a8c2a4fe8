import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelPairs, labelsOf } from "../../shared/prometheus/labels.ts";
import { createRelabel } from "../../shared/prometheus/relabel.ts";
import { createTargetSeriesRegistry } from "../../shared/prometheus/target-series.ts";

const rules = {
  honorLabels: true,
  honorTimestamps: true,
  trackTimestampsStaleness: false,
  nameScheme: "utf8",
  limits: { samples: 0, labels: 0, labelNameBytes: 0, labelValueBytes: 0 },
  extraMetrics: false,
  relabel: createRelabel([], "metrics"),
  histograms: { native: false, classicToo: false, buckets: 0, maxSchema: 8 },
} as const;

describe("createTargetSeriesRegistry()", () => {
  it("joins the labels of line and target in order of bytes, whichever way they come, and leaves out empty ones", () => {
    const name = fc.constantFrom("a", "ab", "b", "__name", "_", "zz", "é", "😀", "\uffff", "job", "instance");
    const labels = fc.uniqueArray(fc.tuple(name, fc.constantFrom("", "1", "2")), { selector: ([label]) => label });
    fc.assert(
      fc.property(labels, labels, (own, others) => {
        const target = labelsOf(others);
        const { series } = createTargetSeriesRegistry(target, rules).of({
          name: "m",
          labels: own,
          typed: false,
        }).series;
        // Where both have a label that is not empty, `honor_labels` lets the line's own win.
        const filled = own.filter(([, value]) => value !== "");
        expect(series?.labels).toEqual(labelsOf([...labelPairs(target), ...filled, ["__name__", "m"]]));
      }),
    );
  });

  it.each([["__name__"], ["a"]])("refuses a line that says %s twice", (label) => {
    const raw = { name: "m", labels: [["a", "1"] as const, [label, "2"] as const], typed: false };
    expect(() => createTargetSeriesRegistry([], rules).of(raw)).toThrow("is not unique");
  });
});
