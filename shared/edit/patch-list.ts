import { copyRange } from "../wire/copy-range.ts";
import { WireWriter } from "../wire/wire-writer.ts";

const keep = new Uint8Array(0);
const nothing = new Uint8Array(0);
/** Stands for bytes that the list has written itself. */
const inWritten = new Uint8Array(0);

/**
 * Changes to one buffer: ranges and what stands there afterwards. Nothing is copied before `apply`, which writes the
 * result once. A message that encloses changes is opened before them and closed after them, for its length.
 */
export class PatchList {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly data: Uint8Array[] = [];
  private readonly openDeltas: number[] = [];
  private readonly openPatches: number[] = [];
  private delta = 0;
  private isSorted = true;
  /** What was written for patches, one after the other: most are a few bytes, and an array for each costs more than they do. */
  private readonly written = new WireWriter(4096, Number.POSITIVE_INFINITY);
  private readonly writtenFrom: number[] = [];
  private readonly writtenTo: number[] = [];

  /** Whether nothing changes. */
  get isEmpty(): boolean {
    return this.data.length === 0;
  }

  /** Puts `bytes` in place of a range; an empty range inserts. */
  replace(start: number, end: number, bytes: Uint8Array): void {
    const last = this.starts.length - 1;
    if (bytes.length === 0 && last >= 0 && this.ends[last] === start && this.data[last] === nothing) {
      // Cuts side by side are one.
      this.ends[last] = end;
      this.delta -= end - start;
      return;
    }
    if (last >= 0 && start < (this.starts[last] as number)) this.isSorted = false;
    this.starts.push(start);
    this.ends.push(end);
    this.data.push(bytes.length === 0 ? nothing : bytes);
    this.delta += bytes.length - (end - start);
  }

  /** Puts what `write` writes in place of a range; an empty range inserts. */
  rewrite(start: number, end: number, write: (writer: WireWriter) => void): void {
    const from = this.written.at;
    write(this.written);
    if (this.starts.length > 0 && start < (this.starts.at(-1) as number)) this.isSorted = false;
    this.starts.push(start);
    this.ends.push(end);
    this.pushWritten(from);
    this.delta += this.written.at - from - (end - start);
  }

  private pushWritten(from: number): void {
    const patch = this.data.length;
    this.data.push(inWritten);
    this.writtenFrom[patch] = from;
    this.writtenTo[patch] = this.written.at;
  }

  /** Takes a range away. */
  cut(start: number, end: number): void {
    this.replace(start, end, nothing);
  }

  /** Begins a message: its field stands at `start`, its content at `from`. */
  open(start: number, from: number): void {
    this.openPatches.push(this.starts.length);
    this.openDeltas.push(this.delta);
    if (this.starts.length > 0 && start < (this.starts.at(-1) as number)) this.isSorted = false;
    this.starts.push(start);
    this.ends.push(from);
    this.data.push(keep);
  }

  /** Ends the message that was opened last; it was `length` bytes long, in field `number`. */
  close(number: number, length: number): void {
    const patch = this.openPatches.pop() as number;
    const delta = this.delta - (this.openDeltas.pop() as number);
    if (this.starts.length === patch + 1) {
      this.starts.pop();
      this.ends.pop();
      this.data.pop();
    } else if (delta !== 0) {
      const { written } = this;
      const from = written.at;
      written.ensure(10);
      written.length(number * 8 + 2);
      written.length(length + delta);
      this.data[patch] = inWritten;
      this.writtenFrom[patch] = from;
      this.writtenTo[patch] = written.at;
      this.delta += written.at - from - ((this.ends[patch] as number) - (this.starts[patch] as number));
    }
  }

  /** Forgets everything since the message that was opened last, and the message itself. */
  abandon(): void {
    const patch = this.openPatches.pop() as number;
    this.delta = this.openDeltas.pop() as number;
    this.starts.length = patch;
    this.ends.length = patch;
    this.data.length = patch;
  }

  /** The range of `source` with all changes. */
  apply(source: Uint8Array, from = 0, to = source.length): Uint8Array {
    const order = this.isSorted ? undefined : this.order();
    const result = new Uint8Array(to - from + this.delta);
    let read = from;
    let pos = 0;
    for (let index = 0; index < this.data.length; index++) {
      const patch = order ? (order[index] as number) : index;
      const bytes = this.data[patch] as Uint8Array;
      if (bytes === keep) continue;
      pos = copyRange(source, { start: read, end: this.starts[patch] as number }, { to: result, pos });
      const isWritten = bytes === inWritten;
      const start = isWritten ? (this.writtenFrom[patch] as number) : 0;
      const end = isWritten ? (this.writtenTo[patch] as number) : bytes.length;
      pos = copyRange(isWritten ? this.written.bytes : bytes, { start, end }, { to: result, pos });
      read = this.ends[patch] as number;
    }
    copyRange(source, { start: read, end: to }, { to: result, pos });
    return result;
  }

  /** By place; an insertion before what starts at the same place, else in the order they came. */
  private order(): number[] {
    const { starts, ends } = this;
    return starts
      .map((_, index) => index)
      .sort(
        (a, b) => (starts[a] as number) - (starts[b] as number) || (ends[a] as number) - (ends[b] as number) || a - b,
      );
  }
}
