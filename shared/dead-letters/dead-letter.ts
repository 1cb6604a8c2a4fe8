import type { Batch, DeadLetterHeader } from "../batch/batch.ts";
import { contentOf } from "../batch/content.ts";
import { type FormatName, formats } from "../batch/formats.ts";
import { type Inspection, inspect } from "../batch/inspect.ts";
import { decodeEnvelope } from "../queue/envelope.ts";
import type { ReceivedMessage } from "../queue/queue-reader.ts";
import type { SignalName } from "../signal.ts";

/** Why a letter is where it is: as flush wrote it, or because SQS moved the message after too many receives. */
export type ReasonClass = DeadLetterHeader["reason"] | "redriven";

export const reasonClasses: readonly ReasonClass[] = ["rejected", "too-large", "crashed", "undecodable", "redriven"];

/** Everything about a letter but its content; what is listed. Times are milliseconds since the epoch. */
export interface DeadLetterSummary {
  readonly id: string;
  /** Absent, as its signal, where the message is not a batch. */
  readonly format?: FormatName;
  readonly signal?: SignalName;
  readonly services: readonly string[];
  readonly reason: ReasonClass;
  /** HTTP status of the destination, where it answered. */
  readonly status?: number;
  readonly message: string;
  readonly items: number;
  /** Uncompressed; of a message that is no batch, as it is. */
  readonly bytes: number;
  readonly attempts?: number;
  /** How often it has been replayed before. */
  readonly replays: number;
  /** The letter that it was before its last replay. */
  readonly replayOf?: string;
  readonly acceptedAt?: number;
  readonly deadLetteredAt: number;
  readonly expiresAt: number;
  /** Oldest and newest timestamp inside the data. */
  readonly oldestAt?: number;
  readonly newestAt?: number;
}

/** A letter in hand: its facts, its batch where it is one, and the message that holds it. */
export interface DeadLetter {
  readonly facts: DeadLetterSummary;
  readonly batch?: Batch;
  readonly message: ReceivedMessage;
}

/** Reads a message of the dead-letter queue, whatever it is; what an old header lacks is looked up in the data. Never rejects. */
export async function readDeadLetter(message: ReceivedMessage, retentionMs: number): Promise<DeadLetter> {
  const decoded = decodeEnvelope(message.body);
  const expiresAt = message.sentAt + retentionMs;
  if (decoded.kind === "undecodable") {
    const { length: bytes } = message.body;
    const known = { reason: decoded.kind, message: decoded.message, items: 0, bytes, services: [], replays: 0 };
    return { message, facts: { ...known, id: message.id, deadLetteredAt: message.sentAt, expiresAt } };
  }
  const { batch } = decoded;
  const { format, items, bytes, acceptedAt, history, deadLetter } = batch;
  const { signal } = formats[format];
  const replayOf = history?.replayOf;
  const common = { format, signal, items, bytes, acceptedAt, expiresAt, ...(replayOf !== undefined && { replayOf }) };
  if (!deadLetter) {
    const words = "received too often without being settled: moved by SQS";
    const known = {
      reason: "redriven",
      message: words,
      replays: history?.replays ?? 0,
      deadLetteredAt: message.sentAt,
    } as const;
    return { message, batch, facts: { ...common, ...known, id: message.id, ...(await look(batch)) } };
  }
  const { id, lastAttemptAt, firstAttemptAt: _, ...told } = deadLetter;
  const { services, ...times } = deadLetter.newestAt === undefined ? await look(batch) : told;
  // A header may name no letter, or not say when: the message does.
  const facts = { ...common, ...told, ...times, id: id || message.id, deadLetteredAt: lastAttemptAt || message.sentAt };
  return { message, batch, facts: told.services.length > 0 ? facts : { ...facts, services } };
}

async function look(batch: Batch): Promise<Inspection> {
  const bytes = await contentOf(batch);
  return bytes ? inspect(bytes, batch.format) : { services: [] };
}
