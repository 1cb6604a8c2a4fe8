import type { Clock } from "../../clock.ts";

/** Lets some wait until others have something for them. */
export interface Wake {
  /** How often `all` was called. */
  count(): number;
  /** Resolves at the next `all` after the count was `since`, after `ms`, or when `abort` aborts. */
  wait(ms: number, how: { readonly since: number; readonly abort?: AbortSignal | undefined }): Promise<void>;
  all(): void;
}

/** Nobody waits at first. */
export function createWake(clock: Pick<Clock, "sleep">): Wake {
  const waiting = new Set<AbortController>();
  let count = 0;
  return {
    count: () => count,
    async wait(ms, { since, abort }) {
      if (since !== count) return;
      const own = new AbortController();
      waiting.add(own);
      await clock.sleep(ms, abort ? AbortSignal.any([own.signal, abort]) : own.signal);
      waiting.delete(own);
    },
    all() {
      count += 1;
      for (const each of waiting) each.abort();
      waiting.clear();
    },
  };
}
