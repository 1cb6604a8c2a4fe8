/** How much may pass in a time: a bucket that fills evenly. */
export interface Rate {
  /** Milliseconds until `cost` may pass; 0 takes nothing and means now. */
  waitMs(cost: number, nowMs: number): number;
  /** Lets `cost` pass. */
  take(cost: number, nowMs: number): void;
  /** Gives back what did not pass after all. */
  giveBack(cost: number): void;
  /** What is left, below zero where more than a burst passed at once. */
  level(nowMs: number): number;
}

/**
 * Lets `perSecond` pass, and up to `burst` at once after silence. What is larger than a burst passes when the bucket is full, and is
 * waited for afterwards: in any time t no more than `perSecond`·t and one burst, or the largest cost, passes.
 */
export function createRate({ perSecond, burst }: { perSecond: number; burst: number }, nowMs: number): Rate {
  const msOf = (amount: number) => (amount / perSecond) * 1000;
  // When the bucket will be full: kept as a time, it never has to be filled, and no error adds up.
  let fullAt = nowMs;
  let last = nowMs;

  function missingMs(now: number): number {
    // A clock that is set back fills nothing, and makes nobody wait for the time that it was set back by.
    if (now < last) fullAt -= last - now;
    last = now;
    return Math.max(0, fullAt - now);
  }

  return {
    waitMs(cost, now) {
      const room = msOf(burst - Math.min(cost, burst));
      return Math.max(0, Math.ceil(missingMs(now) - room - roundingMs));
    },
    take(cost, now) {
      fullAt = now + missingMs(now) + msOf(cost);
    },
    giveBack(cost) {
      fullAt -= msOf(cost);
    },
    level: (now) => burst - (missingMs(now) / 1000) * perSecond,
  };
}

/** Of numbers of this size, in milliseconds: no reason to wait. */
const roundingMs = 1e-3;
