import type { Compression } from "../compression/compress.ts";
import type { FormatName } from "./formats.ts";

/** What one queue message holds: one message of one format, for one destination. */
export interface Batch {
  readonly format: FormatName;
  /** Name of the destination. */
  readonly destination: string;
  /** For whom it is, where the destination tells tenants apart by a header; they never share an export. */
  readonly tenant?: string;
  readonly items: number;
  /** Size of the uncompressed protobuf in bytes. */
  readonly bytes: number;
  readonly encoding: Compression;
  /** The message in `encoding`; gzip is exactly one member. */
  readonly payload: Uint8Array;
  /** When the request was received, milliseconds since the Unix epoch; of the oldest one where several were batched. */
  readonly acceptedAt: number;
  /** Absent where it is on its way for the first time. */
  readonly history?: History;
  /** Present in the dead-letter queue only. */
  readonly deadLetter?: DeadLetterHeader;
}

/** What a batch has been through. */
export interface History {
  /** How often what was left of it went back into the queue as a message of its own; absent means never. */
  readonly requeues?: number;
  /** How often it came back from the dead-letter queue; absent means never. */
  readonly replays?: number;
  /** Id of the dead letter that it was before its last replay: a dead letter that was sent twice shows by it. */
  readonly replayOf?: string;
}

/** Why a batch was parked, and what is worth knowing before it is replayed. Times are milliseconds since the epoch. */
export interface DeadLetterHeader {
  /** Names the letter, whatever the queue does with its message. */
  readonly id: string;
  /** Class of the reason, for grouping and selection. */
  readonly reason: "rejected" | "too-large" | "crashed" | "undecodable";
  /** HTTP status of the destination, where it answered. */
  readonly status?: number;
  /** The destination's words, or the error, bounded. */
  readonly message: string;
  readonly firstAttemptAt: number;
  readonly lastAttemptAt: number;
  readonly attempts: number;
  /** A few `service.name`s read from the wire. */
  readonly services: readonly string[];
  /** Oldest and newest timestamp inside the data, where there are any. */
  readonly oldestAt?: number;
  readonly newestAt?: number;
  /** How often this letter has been replayed before. */
  readonly replays: number;
}
