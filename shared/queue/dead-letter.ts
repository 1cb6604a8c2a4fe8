import type { Batch, DeadLetter } from "../batch/batch.ts";
import type { Guilt } from "../batch/outcome.ts";
import type { Clock } from "../clock.ts";
import { gunzip } from "../compression/gzip.ts";
import { type Inspection, inspect } from "../otlp/inspect.ts";
import { signals } from "../otlp/signals.ts";
import type { Emit } from "../telemetry/events.ts";
import { encodeEnvelope } from "./envelope.ts";
import { pack } from "./pack.ts";
import type { QueueBody } from "./queue.ts";
import type { ReceivedMessage } from "./queue-reader.ts";
import type { Settlement } from "./settle.ts";

export interface LetterWriterOptions {
  readonly clock: Pick<Clock, "now">;
  readonly newId: () => string;
  readonly emit: Emit;
}

/** A message for the dead-letter queue, and how to tell that it got there. */
export interface Letter {
  readonly body: QueueBody;
  readonly tell: () => void;
}

/**
 * Writes what must be parked of a settlement: the batch with its reason, only its guilty parts where it was narrowed down, or
 * the message exactly as it is where it could not be decoded.
 */
export function createLetterWriter(
  options: LetterWriterOptions,
): (settlement: Settlement) => Promise<readonly Letter[]> {
  const { clock, newId, emit } = options;

  return async function writeLetters({ message, batch, outcome }) {
    if (outcome.kind === "park") {
      if (!batch) return [raw(message, outcome)];
      return [letter({ batch, bytes: await contentOf(batch) }, outcome, message)];
    }
    if (outcome.kind !== "narrowed" || !batch) return [];
    const letters: Letter[] = [];
    for (const { bytes, items, guilt } of outcome.guilty) {
      const { signal, destination, acceptedAt, replays, replayOf } = batch;
      const packed = await pack({ signal, bytes, items }, { destination, acceptedAt, maxBatchBytes: bytes.length });
      if (packed.rejected) return [letter({ batch, bytes: await contentOf(batch) }, guilt, message)];
      for (const part of packed.batches) {
        const parked = {
          ...part,
          ...(replays !== undefined && { replays }),
          ...(replayOf !== undefined && { replayOf }),
        };
        letters.push(
          letter({ batch: parked, bytes: packed.batches.length === 1 ? bytes : await contentOf(part) }, guilt, message),
        );
      }
    }
    return letters;
  };

  function letter(content: Content, guilt: Guilt, message: ReceivedMessage): Letter {
    const { batch, bytes } = content;
    const { reason, status, message: words } = guilt;
    const id = newId();
    const deadLetter: DeadLetter = {
      id,
      reason,
      ...(status !== undefined && { status }),
      message: words,
      firstAttemptAt: message.firstReceivedAt,
      lastAttemptAt: Math.floor(clock.now()),
      attempts: message.receiveCount,
      ...describe(batch, bytes),
      replays: batch.replays ?? 0,
    };
    const { signal, destination, items } = batch;
    const told = { signal, destination, items, id, reason, message: words, ...(status !== undefined && { status }) };
    return { body: encodeEnvelope({ ...batch, deadLetter }), tell: () => emit("batch.parked", told) };
  }

  function raw({ id, body }: ReceivedMessage, { message }: Guilt): Letter {
    return { body, tell: () => emit("batch.undecodable", { id, bytes: body.length, message }) };
  }
}

/** What is parked may be what crashes the code: a letter that tells less is better than none. */
function describe({ signal }: Batch, bytes: Uint8Array | undefined): Inspection {
  try {
    return bytes ? inspect(bytes, signals[signal]) : { services: [] };
  } catch {
    return { services: [] };
  }
}

interface Content {
  readonly batch: Batch;
  /** Uncompressed, where that could be had. */
  readonly bytes: Uint8Array | undefined;
}

/** The payload uncompressed; undefined where it is damaged. */
export async function contentOf({ encoding, payload, bytes }: Batch): Promise<Uint8Array | undefined> {
  try {
    return encoding === "identity" ? payload : await gunzip(payload, bytes);
  } catch {
    return undefined;
  }
}
