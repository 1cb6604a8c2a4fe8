import type { Batch } from "../batch/batch.ts";
import type { RefusedPart } from "../batch/outcome.ts";
import {
  createDeadLetterWriter,
  type DeadLetterMessage,
  type DeadLetterWriterOptions,
} from "../queue/dead-letter-writer.ts";
import { maxMessageBytes } from "../queue/envelope.ts";
import type { Queue } from "../queue/queue.ts";

export interface ToDeadLettersOptions extends DeadLetterWriterOptions {
  readonly deadLetters: Queue;
}

/** `unfit`: an item that no queue message takes. `failed`: the dead-letter queue did not confirm every part. */
export type DeadLettered = "dead-lettered" | "unfit" | "failed";

/** Dead-letters the refused parts of batches, all in one send, and says what became of each batch. Never rejects. */
export type ToDeadLetters = (
  refused: ReadonlyMap<Batch, readonly RefusedPart[]>,
) => Promise<ReadonlyMap<Batch, DeadLettered>>;

/** Dead-letters what never was in a queue, as the letters that flush writes. */
export function createToDeadLetters(options: ToDeadLettersOptions): ToDeadLetters {
  const { deadLetters, newId, emit } = options;
  const writeDeadLetters = createDeadLetterWriter(options);

  return async function toDeadLetters(refused) {
    const results = new Map<Batch, DeadLettered>();
    const letters: (DeadLetterMessage & { readonly batch: Batch })[] = [];
    for (const [batch, parts] of refused) {
      const written = await deadLettersOf(batch, parts);
      const fits = written.every(({ body }) => body.length <= maxMessageBytes);
      results.set(batch, fits ? "dead-lettered" : "unfit");
      if (fits) letters.push(...written.map((letter) => ({ ...letter, batch })));
    }
    if (letters.length === 0) return results;
    const sent = await deadLetters.send(letters.map(({ body }) => body));
    const unsent = new Set(sent.kind === "failed" ? sent.unsent : []);
    if (sent.kind === "failed") emit("queue.failed", { operation: "dead-letter", reason: sent.reason });
    for (const [index, { batch, tell }] of letters.entries()) {
      if (unsent.has(index)) results.set(batch, "failed");
      else tell();
    }
    return results;
  };

  function deadLettersOf(batch: Batch, refused: readonly RefusedPart[]): Promise<readonly DeadLetterMessage[]> {
    const { acceptedAt: at } = batch;
    const message = { id: newId(), receiptHandle: "", body: "", receiveCount: 1, sentAt: at, firstReceivedAt: at };
    const outcome = { kind: "partial", delivered: 0, rejected: 0, refused } as const;
    return writeDeadLetters({ message, batch, outcome });
  }
}
