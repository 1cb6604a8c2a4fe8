import type { EntryReceiver } from "../../loki/entry-receiver.ts";
import type { Compression } from "./compressed-tail.ts";
import type { Positions } from "./positions.ts";
import type { TailEvent } from "./tail-event.ts";
import type { TextDecoding } from "./text-decoding.ts";

/** How files are followed. */
export interface TailerOptions {
  readonly positions: Positions;
  readonly receiver: EntryReceiver;
  readonly decoding: TextDecoding;
  readonly compression?: Compression;
  /** How long a compressed file that was found is left alone. */
  readonly compressedDelayMs?: number;
  /** Begin behind the last line of a file without a position. */
  readonly fromEnd?: boolean;
  /** How often a file that is written to is looked at; one that rests, among many, is looked at ever less often, up to the maximum. */
  readonly minPollMs?: number;
  readonly maxPollMs?: number;
  readonly maxLineBytes?: number;
  /** Bytes that are given on and not yet durable, of one file and of all: several batches of loki.write, or each waits for its time. */
  readonly maxFileBytesInFlight?: number;
  readonly maxBytesInFlight?: number;
  readonly now: () => number;
  readonly tell: (event: TailEvent) => void;
}
