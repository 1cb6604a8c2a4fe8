import type { LabelSet } from "../../loki/entry.ts";
import type { LineList } from "./line-list.ts";
import type { ReadOptions } from "./open-file.ts";
import type { Positions } from "./positions.ts";
import type { Readers } from "./readers.ts";
import type { TailEvent } from "./tail-event.ts";

/** A file that is followed, with the labels of its entries. */
export interface TailTarget {
  readonly path: string;
  /** Without `filename`, which is added. */
  readonly labels: LabelSet;
}

/** What a tail works with. */
export interface TailWorld extends ReadOptions {
  readonly positions: Positions;
  readonly readers: Readers;
  readonly fromEnd: boolean;
  /** Gives lines on, of which it keeps none; resolves when they are durable, rejects when the process stops before. */
  send(lines: LineList, labels: LabelSet): Promise<void>;
  tell(event: TailEvent): void;
  now(): number;
  /** Called when lines became durable: there may be room to read more. */
  roomMade(): void;
}

/** Follows one path through appends, rotation, truncation, and its vanishing and coming back. */
export interface FileTail {
  readonly target: TailTarget;
  /** Looks at the path; true when there is something to read. Does not wait. */
  poll(): boolean;
  /** Reads one block and gives its lines on; false at the end. One that is leaving does not go on to the successor of its file. */
  read(into: Buffer, isLeaving: boolean): Promise<boolean>;
  readonly bytesInFlight: number;
  readonly readOffset: number;
  readonly isOpen: boolean;
  /** Whether its path leads to the file that it reads. */
  isAtPath(): boolean;
  /** Stops: waits until what was given on is durable, or `signal` aborts. With `forget`, the position goes too. */
  close(options: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  readonly forget: boolean;
  readonly signal: AbortSignal;
}
