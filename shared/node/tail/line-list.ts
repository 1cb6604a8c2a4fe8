import { LineEntry } from "../../loki/line-entry.ts";

const firstBounds = 512;

/**
 * The lines of a block, as places in it. The block is whoever reads the file's, and written over: what is kept of a line is kept as
 * one of `entries`, which copy it.
 */
export class LineList {
  length = 0;
  /** Where the lines begin and end in the block. */
  private bounds = new Int32Array(firstBounds);
  private block: Buffer = Buffer.alloc(0);
  /** Before those of the block: a line that began in the block before. */
  private head: LineEntry | undefined;
  /** Lines that are not valid UTF-8, instead of any others. */
  private texts: readonly LineEntry[] | undefined;

  /** No lines yet, of a block. */
  begin(block: Buffer): void {
    this.length = 0;
    this.block = block;
    this.head = undefined;
    this.texts = undefined;
  }

  addHead(block: Buffer, from: number, to: number): void {
    this.head = LineEntry.ofBlock(block, from, to);
    this.length += 1;
  }

  add(from: number, to: number): void {
    const at = 2 * this.length;
    if (at + 2 > this.bounds.length) {
      const grown = new Int32Array(2 * this.bounds.length);
      grown.set(this.bounds);
      this.bounds = grown;
    }
    this.bounds[at] = from;
    this.bounds[at + 1] = to;
    this.length += 1;
  }

  setTexts(texts: readonly LineEntry[]): void {
    this.texts = texts;
    this.length = texts.length;
  }

  /** Makes an entry the line `index`, without labels and time; good until the next block is read. */
  put(index: number, into: LineEntry): void {
    const whole = this.texts === undefined ? (index === 0 ? this.head : undefined) : this.texts[index];
    if (whole !== undefined) into.copy(whole);
    else into.place(this.block, this.bounds[2 * index] as number, this.bounds[2 * index + 1] as number);
  }

  /** Entries of their own, without labels and time. */
  entries(): readonly LineEntry[] {
    this.block = Buffer.from(this.block);
    return Array.from({ length: this.length }, (_, index) => {
      const entry = new LineEntry();
      this.put(index, entry);
      return entry;
    });
  }
}
