import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyHistogram, type NativeHistogram } from "../../../shared/prometheus/native-histogram.ts";
import { limitHistogram, reduceResolution, schemaOfFactor } from "../../../shared/prometheus/scrape/limit-histogram.ts";

const empty: NativeHistogram = emptyHistogram();

/** Counts by index of the bucket. */
function bucketsOf({ positiveSpans, positiveBuckets, counts }: NativeHistogram): Map<number, number> {
  const found = new Map<number, number>();
  let [index, at, last] = [0, 0, 0];
  for (const { offset, length } of positiveSpans) {
    index += offset;
    for (let i = 0; i < length; i++) {
      last = (positiveBuckets[at++] ?? 0) + (counts === "integer" ? last : 0);
      found.set(index++, last);
    }
  }
  return found;
}

describe("reduceResolution()", () => {
  // prometheus/model/histogram/generic_test.go has the rule: bucket i of a schema is in bucket ((i - 1) >> 1) + 1 of the one below.
  it("merges the narrower buckets, with their deltas", () => {
    const given: NativeHistogram = {
      ...empty,
      positiveSpans: [
        { offset: 0, length: 4 },
        { offset: 0, length: 0 },
        { offset: 3, length: 2 },
      ],
      positiveBuckets: [1, 2, -2, 1, -1, 0],
    };
    expect(reduceResolution(given, -1)).toMatchObject({
      schema: -1,
      positiveSpans: [
        { offset: 0, length: 3 },
        { offset: 1, length: 1 },
      ],
      positiveBuckets: [1, 3, -2, 0],
    });
  });

  it("keeps every observation, whatever the buckets, and counts that are not whole", () => {
    const spans = fc.array(
      fc.record({ offset: fc.integer({ min: 0, max: 9 }), length: fc.integer({ min: 0, max: 5 }) }),
    );
    fc.assert(
      fc.property(
        spans,
        fc.integer({ min: -30, max: 5 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (all, first, whole, by) => {
          const positiveSpans = [{ offset: first, length: 1 }, ...all];
          const length = positiveSpans.reduce((sum, span) => sum + span.length, 0);
          const counts = Array.from({ length }, (_, i) => (i * 7) % 5);
          const deltas = counts.map((count, i) => count - (counts[i - 1] ?? 0));
          const given: NativeHistogram = {
            ...empty,
            counts: whole ? "integer" : "float",
            positiveSpans,
            positiveBuckets: whole ? deltas : counts,
          };
          const expected = new Map<number, number>();
          for (const [index, count] of bucketsOf(given)) {
            const target = Math.ceil(index / 2 ** by);
            expected.set(target, (expected.get(target) ?? 0) + count);
          }
          expect(bucketsOf(reduceResolution(given, -by))).toEqual(expected);
        },
      ),
    );
  });
});

describe("limitHistogram()", () => {
  const wide: NativeHistogram = {
    ...empty,
    schema: 3,
    positiveSpans: [{ offset: 1, length: 16 }],
    positiveBuckets: [1, ...new Array<number>(15).fill(0)],
    negativeSpans: [{ offset: 1, length: 1 }],
    negativeBuckets: [1],
  };

  it.each([
    [{ buckets: 0, maxSchema: 8 }, 3, 16],
    [{ buckets: 17, maxSchema: 8 }, 3, 16],
    [{ buckets: 16, maxSchema: 8 }, 2, 8],
    [{ buckets: 3, maxSchema: 8 }, 0, 2],
    [{ buckets: 0, maxSchema: 1 }, 1, 4],
  ])("within %j is of schema %i with %i buckets", (limits, schema, buckets) => {
    const limited = limitHistogram(wide, limits);
    expect([limited?.schema, limited?.positiveBuckets.length]).toEqual([schema, buckets]);
  });

  it("says where no resolution is coarse enough, and where there is no coarser one", () => {
    expect(limitHistogram(wide, { buckets: 1, maxSchema: 8 })).toBeUndefined();
    const custom: NativeHistogram = { ...wide, schema: -53, customValues: [1, 2, 3] };
    expect(limitHistogram(custom, { buckets: 3, maxSchema: 0 })).toBeUndefined();
    expect(limitHistogram(custom, { buckets: 17, maxSchema: 0 })).toBe(custom);
  });
});

describe("schemaOfFactor()", () => {
  // prometheus/scrape/scrape.go, pickSchema, with its own test's values.
  it.each([
    [65_536, -4],
    [256, -3],
    [16, -2],
    [4, -1],
    [2, 0],
    [1.4, 1],
    [1.1, 2],
    [1.09, 3],
    [1.04, 4],
    [1.02, 5],
    [1.01, 6],
    [1.005, 7],
    [1.002, 8],
    [1, 8],
    [0, 8],
    [1e9, -4],
  ])("of %d is %i", (factor, schema) => {
    expect(schemaOfFactor(factor)).toBe(schema);
  });
});
