import { afterMs, type Clock } from "../../clock.ts";

/** Lets some wait until others have something for them. */
export interface Wake {
  /** How often `one` or `all` was called. */
  count(): number;
  /** Resolves when it is woken, at once where the count is not `since` any more, after `ms`, or when `abort` aborts. */
  wait(ms: number, how: { readonly since: number; readonly abort?: AbortSignal | undefined }): Promise<void>;
  /** Wakes who has waited for longest: who finds more than it takes wakes the next one. */
  one(): void;
  /** The same in the next turn of the loop: whoever is called in this one, to answer a client, comes first. */
  soon(): void;
  all(): void;
}

/** Nobody waits at first. */
export function createWake(clock: Pick<Clock, "sleep" | "after">): Wake {
  const waiting = new Set<() => void>();
  let count = 0;
  let isDue = false;

  function one(): void {
    count += 1;
    const [longest] = waiting;
    longest?.();
  }

  return {
    count: () => count,
    wait: (ms, { since, abort }) =>
      new Promise((resolve) => {
        if (since !== count || abort?.aborted) {
          resolve();
          return;
        }
        const cancel = afterMs(clock, ms, end);
        waiting.add(end);
        abort?.addEventListener("abort", end, { once: true });

        function end(): void {
          cancel();
          waiting.delete(end);
          abort?.removeEventListener("abort", end);
          resolve();
        }
      }),
    one,
    soon() {
      if (isDue) return;
      isDue = true;
      setImmediate(() => {
        isDue = false;
        one();
      });
    },
    all() {
      count += 1;
      for (const end of waiting) end();
    },
  };
}
