import { byteLength, isLongerThan } from "./byte-length.ts";
import type { Entry, Label, LabelSet } from "./entry.ts";
import { noLabels } from "./labels.ts";
import { joinTime, splitTime } from "./split-time.ts";
import type { TextRange } from "./text-of.ts";

const none: readonly Label[] = [];

/**
 * An entry whose line is bytes of the block that it was read with until somebody asks for its text, and whose time is two numbers until
 * somebody asks for one: lines that only pass need neither. Spreading it loses both: see `relabelled`.
 */
export class LineEntry implements Entry {
  labels: LabelSet = noLabels;
  metadata: readonly Label[] = none;
  seconds = 0;
  nanos = 0;
  /** Valid UTF-8 that nobody changes; the line stands from `from` to `to`. Undefined where the line only is text. */
  block: Buffer | undefined;
  from = 0;
  to = 0;
  #text: string | undefined;

  /** An entry without labels and time. */
  static ofBlock(block: Buffer, from: number, to: number): LineEntry {
    const entry = new LineEntry();
    entry.block = block;
    entry.from = from;
    entry.to = to;
    return entry;
  }

  static ofText(text: string): LineEntry {
    const entry = new LineEntry();
    entry.#text = text;
    return entry;
  }

  /** Takes over everything that another entry has. */
  copy(entry: Entry): void {
    if (this.labels !== entry.labels) this.labels = entry.labels;
    if (this.metadata !== entry.metadata) this.metadata = entry.metadata;
    if (entry instanceof LineEntry) {
      this.seconds = entry.seconds;
      this.nanos = entry.nanos;
      if (this.block !== entry.block) this.block = entry.block;
      this.from = entry.from;
      this.to = entry.to;
      this.#text = entry.#text;
    } else {
      this.timeUnixNano = entry.timeUnixNano;
      this.#text = entry.line;
    }
  }

  get line(): string {
    this.#text ??= this.block?.toString("utf8", this.from, this.to) ?? "";
    return this.#text;
  }

  set line(text: string) {
    this.#text = text;
    this.block = undefined;
  }

  /** The line becomes a part of another block. */
  place(block: Buffer, from: number, to: number): void {
    // To write what is there already costs a note for the collector.
    if (this.block !== block) this.block = block;
    this.cut(from, to);
    if (this.metadata !== none) this.metadata = none;
  }

  /** The line becomes another part of the same block. */
  cut(from: number, to: number): void {
    this.from = from;
    this.to = to;
    this.#text = undefined;
  }

  /** The line becomes a part of another block, and the rest stays. */
  move({ block, from, to }: TextRange): void {
    if (this.block !== block) this.block = block;
    this.cut(from, to);
  }

  get timeUnixNano(): bigint {
    return joinTime(this.seconds, this.nanos);
  }

  set timeUnixNano(time: bigint) {
    const { seconds, nanos } = splitTime(time);
    this.seconds = seconds;
    this.nanos = nanos;
  }
}

/** The same entry with other labels. */
export function relabelled(entry: Entry, labels: LabelSet): Entry {
  if (!(entry instanceof LineEntry)) return { ...entry, labels };
  const copy = new LineEntry();
  copy.copy(entry);
  copy.labels = labels;
  return copy;
}

/** How many bytes a line has. */
export function lineBytes(entry: Entry): number {
  return entry instanceof LineEntry && entry.block !== undefined ? entry.to - entry.from : byteLength(entry.line);
}

/** Whether a line has more than `bytes` bytes; mostly known without counting. */
export function isLineLongerThan(entry: LineEntry, bytes: number): boolean {
  return entry.block === undefined ? isLongerThan(entry.line, bytes) : entry.to - entry.from > bytes;
}

/** How long a line is: in bytes where it is bytes, else in characters, without making anything of it. */
export function lineLength(entry: Entry): number {
  return entry instanceof LineEntry && entry.block !== undefined ? entry.to - entry.from : entry.line.length;
}
