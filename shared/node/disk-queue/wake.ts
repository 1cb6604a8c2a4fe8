import type { Clock } from "../../clock.ts";

/** Lets some wait until others have something for them. */
export interface Wake {
  /** How often `all` was called. */
  count(): number;
  /** Resolves at the next `all` after the count was `since`, after `ms`, or when `abort` aborts. */
  wait(ms: number, how: { readonly since: number; readonly abort?: AbortSignal | undefined }): Promise<void>;
  all(): void;
}

/** Without a reason of its own, an abort makes an error with a stack. */
const woken = "woken";

/** Nobody waits at first. */
export function createWake(clock: Pick<Clock, "sleep">): Wake {
  const waiting = new Set<AbortController>();
  let count = 0;
  return {
    count: () => count,
    async wait(ms, { since, abort }) {
      if (since !== count || abort?.aborted) return;
      const own = new AbortController();
      const end = () => own.abort(woken);
      waiting.add(own);
      abort?.addEventListener("abort", end, { once: true });
      await clock.sleep(ms, own.signal);
      abort?.removeEventListener("abort", end);
      waiting.delete(own);
    },
    all() {
      count += 1;
      for (const each of waiting) each.abort(woken);
      waiting.clear();
    },
  };
}
