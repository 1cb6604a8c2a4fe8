import { describe, expect, it } from "vitest";
import { histogramProblem, spansProblem } from "../../shared/prometheus/check-histogram.ts";
import { emptyHistogram, type NativeHistogram } from "../../shared/prometheus/native-histogram.ts";

const good: NativeHistogram = {
  ...emptyHistogram(),
  count: 7,
  zeroCount: 2,
  positiveSpans: [
    { offset: -2, length: 1 },
    { offset: 3, length: 1 },
  ],
  positiveBuckets: [2, 1],
};

describe("histogramProblem()", () => {
  it.each<[string, Partial<NativeHistogram>, string | undefined]>([
    ["what is right", {}, undefined],
    ["observations that are in no bucket", { count: 8 }, "7 observations found in buckets, but the Count field is 8"],
    ["NaN among what was observed, which is in no bucket", { count: 8, sum: Number.NaN }, undefined],
    ["more in buckets than there are", { count: 6, sum: Number.NaN }, "7 observations found in buckets"],
    ["a bucket below zero", { positiveBuckets: [2, -3] }, "positive side: bucket number 2 has observation count of -1"],
    [
      "a span that goes back",
      { positiveSpans: [good.positiveSpans[0] ?? { offset: 0, length: 1 }, { offset: -1, length: 1 }] },
      "positive side: span number 2 with offset -1",
    ],
    ["floats that do not add up", { counts: "float", count: 6.5 }, undefined],
    [
      "bounds of its own that do not rise",
      { schema: -53, zeroCount: 0, count: 5, customValues: [2, 1] },
      "custom bounds",
    ],
    [
      "bounds of its own beside a zero bucket",
      { schema: -53, customValues: [1, 2] },
      "custom buckets: there must be neither",
    ],
  ])("judges %s", (_, changed, problem) => {
    const found = histogramProblem({ ...good, ...changed });
    expect(found ?? "").toContain(problem ?? "");
    expect(found === undefined).toBe(problem === undefined);
  });
});

describe("spansProblem()", () => {
  it("counts the buckets of each side", () => {
    expect(spansProblem(good)).toBeUndefined();
    expect(spansProblem({ ...good, positiveBuckets: [2] })).toBe(
      "positive side: spans require 2 buckets, have 1 buckets",
    );
    expect(spansProblem({ ...good, negativeBuckets: [2] })).toBe(
      "negative side: spans require 0 buckets, have 1 buckets",
    );
  });
});
