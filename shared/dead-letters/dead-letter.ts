import type { Batch, DeadLetterHeader } from "../batch/batch.ts";
import { contentOf } from "../batch/content.ts";
import { type FormatName, formats } from "../batch/formats.ts";
import { type Inspection, inspect } from "../batch/inspect.ts";
import type { UnknownObject } from "../json-document.ts";
import { decodeEnvelope, encodeEnvelope } from "../queue/envelope.ts";
import type { ReceivedMessage } from "../queue/queue-reader.ts";
import type { SignalName } from "../signal.ts";
import { type LetterObject, type ObjectLetter, readObjectLetter } from "./object-letter.ts";

/**
 * Why a letter is where it is: as flush wrote it, because an object of S3 cannot be read, or because SQS moved the message after too many
 * receives.
 */
export type ReasonClass = DeadLetterHeader["reason"] | ObjectLetter["reason"];

/** Why something may be dead-lettered. */
export const reasonClasses: readonly ReasonClass[] = [
  "rejected",
  "too-large",
  "crashed",
  "undecodable",
  "unreadable",
  "redriven",
];

/** Everything about a letter but its content; what is listed. Times are milliseconds since the epoch. */
export interface DeadLetterSummary {
  readonly id: string;
  /** Absent, as its signal, where the message is not a batch; of an object of S3 only the signal is known. */
  readonly format?: FormatName;
  readonly signal?: SignalName;
  /** Of an object: its bucket. */
  readonly services: readonly string[];
  readonly reason: ReasonClass;
  /** HTTP status of the destination, where it answered. */
  readonly status?: number;
  readonly message: string;
  readonly items: number;
  /** Uncompressed; of a message that is not a batch, as it is. */
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
  /** The object of S3 that it is about, and the part of it. */
  readonly object?: LetterObject;
}

/** A letter in hand: its facts, what it holds where that can be read, and the message that holds it. */
export interface DeadLetter {
  readonly facts: DeadLetterSummary;
  readonly batch?: Batch;
  /** What it says of an object. */
  readonly notice?: UnknownObject;
  readonly message: ReceivedMessage;
  /** What a replay sends; absent where nobody could read it. */
  readonly again?: () => string;
}

/** Reads a message of the dead-letter queue, whatever it is; what an old header lacks is looked up in the data. Never rejects. */
export async function readDeadLetter(message: ReceivedMessage, retentionMs: number): Promise<DeadLetter> {
  const decoded = decodeEnvelope(message.body);
  const expiresAt = message.sentAt + retentionMs;
  if (decoded.kind === "undecodable") {
    const notice = readObjectLetter(message.body);
    if (notice) return aboutObject(notice, message, expiresAt);
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
    return withBatch({ ...common, ...known, id: message.id, ...(await look(batch)) });
  }
  const { id, lastAttemptAt, firstAttemptAt: _, ...told } = deadLetter;
  const { services, ...times } = deadLetter.newestAt === undefined ? await look(batch) : told;
  // A header may name no letter, or not say when: the message does.
  const facts = { ...common, ...told, ...times, id: id || message.id, deadLetteredAt: lastAttemptAt || message.sentAt };
  return withBatch(told.services.length > 0 ? facts : { ...facts, services });

  function withBatch(facts: DeadLetterSummary): DeadLetter {
    return { message, batch, facts, again: () => encodeEnvelope(renewed(batch, facts)) };
  }
}

function aboutObject(letter: ObjectLetter, message: ReceivedMessage, expiresAt: number): DeadLetter {
  const { object, reason, message: words, replays, at = message.sentAt, document, again } = letter;
  const known = { id: message.id, reason, message: words, replays, deadLetteredAt: at, expiresAt };
  const about = object ? ({ signal: "logs", services: [`s3://${object.bucket}`], object } as const) : { services: [] };
  return {
    message,
    notice: document,
    // How many records it is about nobody knows before they are read.
    facts: { ...known, ...about, items: 0, bytes: message.body.length },
    again: () => again,
  };
}

/** The batch as it goes back: no longer dead, and with the name of the letter that it was. */
function renewed(batch: Batch, { replays, id }: DeadLetterSummary): Batch {
  const { deadLetter: _, history: __, ...rest } = batch;
  return { ...rest, history: { replays: replays + 1, replayOf: id } };
}

async function look(batch: Batch): Promise<Inspection> {
  const bytes = await contentOf(batch);
  return bytes ? inspect(bytes, batch.format) : { services: [] };
}
