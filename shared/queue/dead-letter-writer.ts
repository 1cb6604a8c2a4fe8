import type { Batch, DeadLetterHeader } from "../batch/batch.ts";
import { contentOf } from "../batch/content.ts";
import { formats } from "../batch/formats.ts";
import { inspect } from "../batch/inspect.ts";
import type { DeadLetterReason } from "../batch/outcome.ts";
import type { Clock } from "../clock.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { encodeEnvelope } from "./envelope.ts";
import { pack, partOf } from "./pack.ts";
import type { QueueBody } from "./queue.ts";
import type { ReceivedMessage } from "./queue-reader.ts";
import type { Settlement } from "./settlement.ts";

export interface DeadLetterWriterOptions {
  readonly clock: Pick<Clock, "now">;
  readonly newId: () => string;
  readonly emit: Emit;
}

/** A message for the dead-letter queue, and how to tell that it got there. */
export interface DeadLetterMessage {
  readonly body: QueueBody;
  readonly tell: () => void;
}

/**
 * Writes what goes to the dead letters of a settlement: the batch with its reason, only its refused parts where it was narrowed down, or
 * the message exactly as it is where it could not be decoded.
 */
export function createDeadLetterWriter(
  options: DeadLetterWriterOptions,
): (settlement: Settlement) => Promise<readonly DeadLetterMessage[]> {
  const { clock, newId, emit } = options;

  return async function writeDeadLetters({ message, batch, outcome }) {
    if (outcome.kind === "rejected") {
      if (!batch) return [raw(message, outcome)];
      return [letter({ batch, bytes: await contentOf(batch) }, outcome, message)];
    }
    if (outcome.kind !== "partial" || !batch) return [];
    const letters: DeadLetterMessage[] = [];
    for (const { bytes, items, why } of outcome.refused) {
      const { destination, acceptedAt, history } = batch;
      const packed = await pack(partOf(batch, { bytes, items }), {
        destination,
        acceptedAt,
        maxBatchBytes: bytes.length,
      });
      if (packed.rejected) return [letter({ batch, bytes: await contentOf(batch) }, why, message)];
      for (const part of packed.batches) {
        const whole = { ...part, ...(history && { history }) };
        letters.push(
          letter({ batch: whole, bytes: packed.batches.length === 1 ? bytes : await contentOf(part) }, why, message),
        );
      }
    }
    return letters;
  };

  function letter(content: Content, why: DeadLetterReason, message: ReceivedMessage): DeadLetterMessage {
    const { batch, bytes } = content;
    const { reason, status, message: words } = why;
    const id = newId();
    const deadLetter: DeadLetterHeader = {
      id,
      reason,
      ...(status !== undefined && { status }),
      message: words,
      firstAttemptAt: message.firstReceivedAt,
      lastAttemptAt: Math.floor(clock.now()),
      attempts: message.receiveCount,
      ...(bytes ? inspect(bytes, batch.format) : { services: [] }),
      replays: batch.history?.replays ?? 0,
    };
    const { format, destination, items } = batch;
    const told = {
      signal: formats[format].signal,
      destination,
      items,
      id,
      reason,
      message: words,
      ...(status !== undefined && { status }),
    };
    return { body: encodeEnvelope({ ...batch, deadLetter }), tell: () => emit("batch.dead-lettered", told) };
  }

  function raw({ id, body }: ReceivedMessage, { message }: DeadLetterReason): DeadLetterMessage {
    return { body, tell: () => emit("batch.undecodable", { id, bytes: body.length, message }) };
  }
}

interface Content {
  readonly batch: Batch;
  /** Uncompressed, where that could be had. */
  readonly bytes: Uint8Array | undefined;
}
