/** Time as the pure code sees it; `shared/node/system-clock.ts` is the real one, tests bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A random number, 0 ≤ x < 1, as `Math.random`. */
export type Random = () => number;
