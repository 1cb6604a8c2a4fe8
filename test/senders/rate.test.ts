import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRate } from "../../shared/senders/rate.ts";

describe("createRate()", () => {
  it("lets a burst pass, then what comes in", () => {
    const rate = createRate({ perSecond: 10, burst: 20 }, 0);
    expect(rate.waitMs(20, 0)).toBe(0);
    rate.take(20, 0);
    expect(rate.waitMs(5, 0)).toBe(500);
    expect(rate.waitMs(5, 499)).toBe(1);
    expect(rate.waitMs(5, 500)).toBe(0);
  });

  it("lets what is larger than a burst pass when the bucket is full, and waits for it afterwards", () => {
    const rate = createRate({ perSecond: 10, burst: 20 }, 0);
    expect(rate.waitMs(100, 0)).toBe(0);
    rate.take(100, 0);
    expect(rate.waitMs(1, 0)).toBe(8100);
    expect(rate.waitMs(100, 0)).toBe(10_000);
  });

  it("gives back what did not pass, and never more than a burst", () => {
    const rate = createRate({ perSecond: 1, burst: 10 }, 0);
    rate.take(10, 0);
    rate.giveBack(10);
    rate.giveBack(10);
    expect(rate.level(0)).toBe(10);
  });

  it("does not fill when the clock is set back", () => {
    const rate = createRate({ perSecond: 1, burst: 10 }, 10_000);
    rate.take(10, 10_000);
    expect(rate.level(0)).toBe(0);
    expect(rate.level(1000)).toBe(1);
  });

  const steps = fc.array(
    fc.record({ cost: fc.integer({ min: 1, max: 300 }), pauseMs: fc.integer({ min: 0, max: 900 }) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  const sizes = { perSecond: fc.integer({ min: 1, max: 200 }), burst: fc.integer({ min: 1, max: 200 }) };

  it("never lets more pass in any time t than perSecond·t and one burst, or the largest cost", () => {
    fc.assert(
      fc.property(fc.record(sizes), steps, (size, given) => {
        const rate = createRate(size, 0);
        const passed: { at: number; cost: number }[] = [];
        let now = 0;
        for (const { cost, pauseMs } of given) {
          now += pauseMs;
          if (rate.waitMs(cost, now) > 0) continue;
          rate.take(cost, now);
          passed.push({ at: now, cost });
        }
        for (const [from, first] of passed.entries()) {
          let sum = 0;
          let largest = size.burst;
          for (const { at, cost } of passed.slice(from)) {
            sum += cost;
            largest = Math.max(largest, cost);
            expect(sum).toBeLessThanOrEqual(largest + ((at - first.at) / 1000) * size.perSecond + 1e-6);
          }
        }
      }),
    );
  });

  it("says after how long a cost passes, neither sooner nor later", () => {
    fc.assert(
      fc.property(fc.record(sizes), steps, (size, given) => {
        const rate = createRate(size, 0);
        let now = 0;
        for (const { cost } of given) {
          const waitMs = rate.waitMs(cost, now);
          if (waitMs > 1) expect(rate.waitMs(cost, now + waitMs - 1)).toBeGreaterThan(0);
          now += waitMs;
          expect(rate.waitMs(cost, now)).toBe(0);
          rate.take(cost, now);
        }
      }),
    );
  });
});
