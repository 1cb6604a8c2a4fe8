/** Time as the pure code sees it; `shared/node/system-clock.ts` is the real one, tests bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since some moment, whatever the clock is set to; absent where `now` is never set back. */
  monotonic?(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** For durations, deadlines and pauses: a clock that is set back an hour must not make anything wait for an hour. */
export function monotonic(clock: Pick<Clock, "now" | "monotonic">): number {
  return clock.monotonic?.() ?? clock.now();
}

/** A random number, 0 ≤ x < 1, as `Math.random`. */
export type Random = () => number;
