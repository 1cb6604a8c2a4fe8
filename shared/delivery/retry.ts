import type { Batch } from "../batch/batch.ts";
import type { Outcome, Retry } from "../batch/outcome.ts";
import type { Clock, Random } from "../clock.ts";
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

/** Delivers with bounded attempts, and answers at once, without an attempt, while the destination is known to be down. */
export function createRetryingDeliver(options: RetryingOptions): RetryingDeliver {
  const { deliver, clock, random, waitMs, maxPauseMs, stop } = options;
  let downUntil = 0;
  let why: Retry | undefined;

  return async function retrying(batches, { once }) {
    const now = clock.now();
    if (why && now < downUntil) {
      const retry = { ...why, afterMs: downUntil - now };
      return new Map(batches.map((batch) => [batch, retry]));
    }
    const context = { deadlineAt: now + waitMs, ...(stop && { abort: stop }) };
    const outcomes = new Map(await deliver(batches, context));
    for (let attempts = 1; ; attempts++) {
      const open = [...outcomes].filter(([, outcome]) => outcome.kind === "retry");
      const [[, retry] = []] = open;
      if (retry?.kind !== "retry") {
        downUntil = 0;
        return outcomes;
      }
      const pauseMs = Math.max(retry.afterMs ?? 0, initialPauseMs * 2 ** (attempts - 1) * (0.5 + random() / 2));
      const late = clock.now() + pauseMs + minAttemptMs > context.deadlineAt;
      const isUntried = retry.cause === "not-tried";
      if (late || pauseMs > maxPauseMs || once || isUntried || stop?.aborted) return remembered(retry, outcomes);
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
      if (isOver) return remembered(retry, outcomes);
    }
  };

  function remembered(retry: Retry, outcomes: ReadonlyMap<Batch, Outcome>): ReadonlyMap<Batch, Outcome> {
    if (retry.cause !== "not-tried" && retry.afterMs !== undefined) {
      why = retry;
      downUntil = clock.now() + retry.afterMs;
    }
    return outcomes;
  }
}
