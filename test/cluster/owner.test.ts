import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownerOf } from "../../shared/cluster/owner.ts";

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 });

describe("ownerOf()", () => {
  it("says the same whoever is asked, in whatever order the names come", () => {
    fc.assert(
      fc.property(names, fc.string(), (all, key) => {
        const owner = ownerOf(key, all);
        expect(all).toContain(owner);
        expect(ownerOf(key, all.toReversed())).toBe(owner);
      }),
    );
  });

  it("moves nothing but what a name that goes had, and nothing but to a name that comes", () => {
    fc.assert(
      fc.property(names, fc.string({ minLength: 1, maxLength: 20 }), fc.string(), (all, other, key) => {
        fc.pre(!all.includes(other));
        const [before, after] = [ownerOf(key, all), ownerOf(key, [...all, other])];
        expect(after === before || after === other).toBe(true);
      }),
    );
  });

  it("shares evenly", () => {
    const counts = new Map<string | undefined, number>();
    for (let at = 0; at < 9_000; at += 1) {
      const owner = ownerOf(`http://10.0.${at >> 8}.${at & 255}:8080/metrics`, ["alloy-0", "alloy-1", "alloy-2"]);
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 3_000)).toBeLessThan(200);
    expect(counts.size).toBe(3);
  });

  it("has nobody to name without names", () => {
    expect(ownerOf("key", [])).toBeUndefined();
  });
});
