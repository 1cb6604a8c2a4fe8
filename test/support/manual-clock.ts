import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../shared/clock.ts";

export interface ManualClock extends Clock {
  advance(ms: number): void;
}

/** Time that passes only when it is told to; sleeping makes it pass, unless it is ended before anything else is left to do. */
export function createManualClock(startMs = 1_790_000_000_000): ManualClock {
  let nowMs = startMs;
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return {
    now: () => nowMs,
    advance,
    async sleep(ms, signal) {
      if (signal) await nextTurn();
      if (!signal?.aborted) advance(ms);
    },
  };
}
