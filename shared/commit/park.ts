import type { Batch } from "../batch/batch.ts";
import type { RefusedPart } from "../batch/outcome.ts";
import { createLetterWriter, type LetterWriterOptions } from "../queue/dead-letter.ts";
import { maxMessageBytes } from "../queue/envelope.ts";
import type { Queue } from "../queue/queue.ts";

export interface ParkOptions extends LetterWriterOptions {
  readonly deadLetters: Queue;
}

/** `unfit`: an item that no queue message takes. `failed`: the dead-letter queue did not confirm every part. */
export type Park = (batch: Batch, refused: readonly RefusedPart[]) => Promise<"parked" | "unfit" | "failed">;

/** Parks the refused parts of a batch that never was in a queue, as the letters that flush writes. Never rejects. */
export function createPark(options: ParkOptions): Park {
  const { deadLetters, newId, emit } = options;
  const writeLetters = createLetterWriter(options);

  return async function park(batch, refused) {
    const { acceptedAt: at } = batch;
    const message = { id: newId(), receiptHandle: "", body: "", receiveCount: 1, sentAt: at, firstReceivedAt: at };
    const outcome = { kind: "partial", delivered: 0, rejected: 0, refused } as const;
    const letters = await writeLetters({ message, batch, outcome });
    if (letters.some(({ body }) => body.length > maxMessageBytes)) return "unfit";
    const sent = await deadLetters.send(letters.map(({ body }) => body));
    if (sent.kind === "failed") {
      emit("queue.failed", { operation: "park", reason: sent.reason });
      return "failed";
    }
    for (const { tell } of letters) tell();
    return "parked";
  };
}
