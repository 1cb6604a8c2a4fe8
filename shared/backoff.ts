import type { Random } from "./clock.ts";

export interface Backoff {
  /** Delay before the second attempt, milliseconds, before jitter. */
  readonly baseMs: number;
  /** No delay is longer than this, whoever asks for it. */
  readonly maxMs: number;
}

/**
 * How long to wait after the `attempt`th failure in a row (from 1): doubling, half of it random, never less than what
 * the destination asked for (`afterMs`, spread by up to a fifth so that not everything comes back at once), capped.
 */
export function delayAfter(
  attempt: number,
  policy: Backoff & { readonly random: Random; readonly afterMs?: number },
): number {
  const { baseMs, maxMs, random, afterMs = 0 } = policy;
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(30, Math.max(0, attempt - 1)));
  const own = full / 2 + (full / 2) * random();
  return Math.min(maxMs, Math.max(own, afterMs * (1 + random() / 5)));
}
