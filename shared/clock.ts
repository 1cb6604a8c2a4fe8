/** Time as the pure code sees it; `shared/node/system-clock.ts` is the real one, tests bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since some moment, whatever the clock is set to; absent where `now` is never set back. */
  monotonic?(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `task` after `ms` unless what it returns is called before; absent where `sleep` does. */
  after?(ms: number, task: () => void): () => void;
}

/** For durations, deadlines and pauses: a clock that is set back an hour must not make anything wait for an hour. */
export function monotonic(clock: Pick<Clock, "now" | "monotonic">): number {
  return clock.monotonic?.() ?? clock.now();
}

/** Calls `task` after `ms` unless what it returns is called before: without a signal, which costs more than the timer. */
export function afterMs(clock: Pick<Clock, "sleep" | "after">, ms: number, task: () => void): () => void {
  if (clock.after) return clock.after(ms, task);
  const over = new AbortController();
  void clock.sleep(ms, over.signal).then(() => {
    if (!over.signal.aborted) task();
  });
  return () => over.abort("not needed any more");
}

/** A random number, 0 ≤ x < 1, as `Math.random`. */
export type Random = () => number;
