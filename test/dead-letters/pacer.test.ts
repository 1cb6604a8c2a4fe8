import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPacer } from "../../shared/dead-letters/pacer.ts";
import { createManualClock } from "../support/manual-clock.ts";

describe("createPacer()", () => {
  it("never lets more through than the rate, and does not save up what was not used", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 5000 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 1000 }), (letters, rate) => {
        const clock = createManualClock();
        const pacer = createPacer(clock, rate);
        const startedAt = clock.now();
        let before = 0;
        let idleMs = 0;
        for (const [items, pauseMs] of letters) {
          const waitMs = Math.max(0, pacer.dueAt() - clock.now());
          clock.advance(waitMs);
          // What went before this letter has had its time.
          expect(before).toBeLessThanOrEqual((rate * (clock.now() - startedAt - idleMs)) / 1000 + 1e-3);
          pacer.spent(items);
          before += items;
          const busyMs = pacer.dueAt() - clock.now();
          clock.advance(pauseMs);
          idleMs += Math.max(0, pauseMs - busyMs);
        }
      }),
      { seed: 1 },
    );
  });

  it("has no limit where none is given", () => {
    const pacer = createPacer(createManualClock(), undefined);
    pacer.spent(1e9);
    expect(pacer.dueAt()).toBe(0);
  });
});
