import type { Batch } from "../batch/batch.ts";
import type { Outcome, Retry } from "../batch/outcome.ts";
import { type Clock, monotonic, type Random } from "../clock.ts";
import type { Deliver } from "./deliver.ts";

/** Times in milliseconds. */
export interface RetryingOptions {
  readonly deliver: Deliver;
  readonly clock: Clock;
  readonly random: Random;
  /** How long clients wait for the destination, all attempts together. */
  readonly waitMs: number;
  /** Longest pause between two attempts; a destination that is known to be down for longer is not waited for. */
  readonly maxPauseMs: number;
  /** Ends attempts and pauses. */
  readonly stop?: AbortSignal;
}

/** As `Deliver`, but what may still be taken is tried again while there is time; `once` makes it one attempt. */
export type RetryingDeliver = (
  batches: readonly Batch[],
  how: { readonly once: boolean },
) => Promise<ReadonlyMap<Batch, Outcome>>;

/** An attempt that would begin later than this before the end of the wait is not worth its while. */
const minAttemptMs = 1000;
const initialPauseMs = 200;

/**
 * Delivers with bounded attempts. It remembers nothing: who is down is known by `deliver`, per destination and signal, which
 * answers at once then. What fails alone while others are taken is not waited for: nobody waits with it.
 */
export function createRetryingDeliver(options: RetryingOptions): RetryingDeliver {
  const { deliver, clock, random, waitMs, maxPauseMs, stop } = options;

  return async function retrying(batches, { once }) {
    const deadlineAt = monotonic(clock) + waitMs;
    const context = { deadlineAt, ...(stop && { abort: stop }) };
    const outcomes = new Map(await deliver(batches, context));
    for (let attempts = 1; !once && !stop?.aborted; attempts++) {
      const open = [...outcomes].filter((each): each is [Batch, Retry] => isWorthWaiting(each[1]));
      const [first] = open;
      if (!first) break;
      const ownMs = initialPauseMs * 2 ** (attempts - 1) * (0.5 + random() / 2);
      const pauseMs = Math.max(ownMs, ...open.map(([, { afterMs = 0 }]) => afterMs));
      if (pauseMs > maxPauseMs || monotonic(clock) + pauseMs + minAttemptMs > deadlineAt) break;
      await clock.sleep(pauseMs, stop);
      const again = await deliver(
        open.map(([batch]) => batch),
        context,
      );
      let isOver = false;
      for (const [batch, outcome] of again) {
        // That the time is over says nothing new: what failed before does.
        if (outcome.kind === "retry" && outcome.cause === "not-tried") isOver = true;
        else outcomes.set(batch, outcome);
      }
      if (isOver) break;
    }
    return outcomes;
  };
}

function isWorthWaiting(outcome: Outcome): outcome is Retry {
  return outcome.kind === "retry" && outcome.cause !== "not-tried" && !outcome.isIsolated;
}
