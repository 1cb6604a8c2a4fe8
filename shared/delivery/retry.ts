import type { Batch } from "../batch/batch.ts";
import type { Outcome, Retry } from "../batch/outcome.ts";
import type { Clock, Random } from "../clock.ts";
import type { Deliver } from "./deliver.ts";

/** Times in milliseconds. */
export interface PatientDeliverOptions {
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
export type PatientDeliver = (
  batches: readonly Batch[],
  how: { readonly once: boolean },
) => Promise<readonly Outcome[]>;

/** An attempt that would begin later than this before the end of the wait is not worth its while. */
const leastAttemptMs = 1000;
const firstPauseMs = 200;

/** Delivers with bounded attempts, and answers at once, without an attempt, while the destination is known to be down. */
export function createPatientDeliver(options: PatientDeliverOptions): PatientDeliver {
  const { deliver, clock, random, waitMs, maxPauseMs, stop } = options;
  let downUntil = 0;
  let why: Retry | undefined;

  return async function patiently(batches, { once }) {
    const now = clock.now();
    if (why && now < downUntil) return batches.map(() => ({ ...(why as Retry), afterMs: downUntil - now }));
    const context = { deadlineAt: now + waitMs, ...(stop && { abort: stop }) };
    const outcomes = [...(await deliver(batches, context))];
    for (let attempts = 1; ; attempts++) {
      const open = outcomes.flatMap((outcome, index) => (outcome.kind === "retry" ? index : []));
      const retry = outcomes[open[0] ?? -1];
      if (retry?.kind !== "retry") {
        downUntil = 0;
        return outcomes;
      }
      const pauseMs = Math.max(retry.afterMs ?? 0, firstPauseMs * 2 ** (attempts - 1) * (0.5 + random() / 2));
      const late = clock.now() + pauseMs + leastAttemptMs > context.deadlineAt;
      if (late || pauseMs > maxPauseMs || once || !retry.down || stop?.aborted) return remembered(retry, outcomes);
      await clock.sleep(pauseMs, stop);
      const again = await deliver(
        open.flatMap((index) => batches[index] ?? []),
        context,
      );
      let isOver = false;
      for (const [at, index] of open.entries()) {
        const outcome = again[at] ?? retry;
        // That the time is over says nothing new: what failed before does.
        if (outcome.kind === "retry" && !outcome.down) isOver = true;
        else outcomes[index] = outcome;
      }
      if (isOver) return remembered(retry, outcomes);
    }
  };

  function remembered(retry: Retry, outcomes: readonly Outcome[]): readonly Outcome[] {
    if (retry.down && retry.afterMs !== undefined) {
      why = retry;
      downUntil = clock.now() + retry.afterMs;
    }
    return outcomes;
  }
}
