import { type Backoff, delayAfter } from "../backoff.ts";
import type { Outcome } from "../batch/outcome.ts";
import type { Clock, Random } from "../clock.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { createDeadLetterWriter } from "./dead-letter-writer.ts";
import type { Queue, QueueBody } from "./queue.ts";
import type { QueueReader, ReceivedMessage } from "./queue-reader.ts";
import { createRemainder, type RemainderOptions } from "./remainder.ts";
import type { Settlement } from "./settlement.ts";

export interface SettleOptions extends Backoff, RemainderOptions {
  readonly deadLetters: Queue;
  /** Hides messages for a while; what fails comes back at the queue's own timeout. */
  readonly reader: Pick<QueueReader, "changeVisibility">;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  /** Makes the ids of dead letters. */
  readonly newId: () => string;
  readonly emit: Emit;
}

/**
 * Acts on outcomes and returns the ids of the messages that must stay in the queue; all others are to be deleted. What is
 * dead-lettered or sent again is confirmed by its queue first, so that a fault anywhere means twice, never lost. `late` ends the sending.
 */
export function createSettle(
  options: SettleOptions,
): (settlements: readonly Settlement[], late?: AbortSignal) => Promise<readonly string[]> {
  const { queue, deadLetters, reader, emit } = options;
  const remainderOf = createRemainder(options);
  const writeDeadLetters = createDeadLetterWriter(options);

  return async function settle(settlements, late) {
    const staying = new Map<string, { readonly message: ReceivedMessage; readonly outcome: Outcome }>();
    const requeued: Owned[] = [];
    const deadLettered: Owned[] = [];
    for (const settlement of settlements) {
      const { message, outcome } = settlement;
      const rest = await remainderOf(settlement);
      if (rest === "whole") staying.set(message.id, { message, outcome });
      else {
        requeued.push(...rest.map((body) => ({ message, outcome, body })));
        for (const letter of await writeDeadLetters(settlement)) deadLettered.push({ message, outcome, ...letter });
      }
    }
    await put(queue, "requeue", requeued);
    await put(
      deadLetters,
      "dead-letter",
      deadLettered.filter(({ message }) => !staying.has(message.id)),
    );
    await hide([...staying.values()]);
    return [...staying.keys()];

    async function put(target: Queue, operation: string, owned: readonly Owned[]): Promise<void> {
      if (owned.length === 0) return;
      const sent = await target.send(
        owned.map(({ body }) => body),
        late,
      );
      const unsent = new Set(sent.kind === "failed" ? sent.unsent : []);
      if (sent.kind === "failed") emit("queue.failed", { operation, reason: sent.reason });
      for (const [index, { message, outcome, tell }] of owned.entries()) {
        if (unsent.has(index)) staying.set(message.id, { message, outcome });
        else tell?.();
      }
    }
  };

  async function hide(staying: readonly Pick<Settlement, "message" | "outcome">[]): Promise<void> {
    if (staying.length === 0) return;
    const changes = staying.map(({ message, outcome }) => {
      return { receiptHandle: message.receiptHandle, seconds: Math.ceil(delayOf(message, outcome) / 1000) };
    });
    const { failed, reason = "" } = await reader.changeVisibility(changes);
    if (failed.size > 0) emit("queue.failed", { operation: "change-visibility", reason });
  }

  function delayOf({ receiveCount }: ReceivedMessage, outcome: Outcome): number {
    const retry = outcome.kind === "retry" ? outcome : outcome.kind === "partial" ? outcome.rest?.retry : undefined;
    // What there was no time for is next in line.
    if (retry?.cause === "not-tried") return 0;
    const afterMs = retry?.afterMs;
    return delayAfter(receiveCount, { ...options, ...(afterMs !== undefined && { afterMs }) });
  }
}

interface Owned {
  readonly message: ReceivedMessage;
  readonly outcome: Outcome;
  readonly body: QueueBody;
  /** Says what happened, once the queue has confirmed it. */
  readonly tell?: () => void;
}
