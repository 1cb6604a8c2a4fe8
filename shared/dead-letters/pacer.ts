import type { Clock } from "../clock.ts";

/** Spreads items over time: `dueAt()` says when the next letter may be sent, `spent` what one has cost. */
export interface Pacer {
  /** Milliseconds since the epoch; the past where there is no limit. */
  dueAt(): number;
  spent(items: number): void;
}

/** At most `itemsPerSecond` on average, without saving up what was not used; no limit where it is undefined. */
export function createPacer(clock: Pick<Clock, "now">, itemsPerSecond: number | undefined): Pacer {
  let dueAt = 0;
  return {
    dueAt: () => dueAt,
    spent(items) {
      if (itemsPerSecond !== undefined) dueAt = Math.max(dueAt, clock.now()) + (items / itemsPerSecond) * 1000;
    },
  };
}
