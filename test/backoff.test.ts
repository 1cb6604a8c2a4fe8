import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delayAfter } from "../shared/backoff.ts";

const policy = { baseMs: 5000, maxMs: 300_000 };

describe("delayAfter()", () => {
  it.each([
    [1, 0, 2500],
    [1, 1, 5000],
    [2, 1, 10_000],
    [4, 0.5, 30_000],
    [7, 1, 300_000],
    [1000, 1, 300_000],
  ])("waits after failure %i with chance %d for %i ms", (attempt, chance, expected) => {
    expect(delayAfter(attempt, { ...policy, random: () => chance })).toBe(expected);
  });

  it("never waits less than the destination asks for, nor longer than the cap", () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), chance, fc.nat(1e9), (attempt, random, afterMs) => {
        const delay = delayAfter(attempt, { ...policy, random: () => random, afterMs });
        expect(delay).toBeGreaterThanOrEqual(Math.min(afterMs, policy.maxMs));
        expect(delay).toBeLessThanOrEqual(policy.maxMs);
      }),
    );
  });
});
