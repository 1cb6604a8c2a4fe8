import { copyBytes, hashBytes } from "../label-block.ts";
import { LineBytes, type Place } from "./line-bytes.ts";

const INITIAL_LINES = 128;
const NOTHING = new Uint8Array(0);
/** Numbers of a line: one cache line of the processor holds two of them (bench/exposition.ts). */
const STRIDE = 8;
const OFFSET = 0;
const LENGTH = 1;
const HASH = 2;
const SEEN = 3;
const NEXT = 4;
const SAME_HASH = 5;
const TYPED = 6;
const SETS_TYPE = 7;
/** `SEEN` of a line that is forgotten, whose place is free. */
const FORGOTTEN = -1;

/** No line. */
export const NO_LINE = -1;

/** What belongs to a line as it is added. */
export interface NewLine<T> {
  /** Undefined for a line of metadata. */
  readonly value: T | undefined;
  /** The type of the family under which it was read, where that changed a label (`le`, `quantile`); -1 where not. */
  readonly typed: number;
  /** For a `# TYPE` line: the number of the type that it sets; -1 for others. */
  readonly setsType: number;
}

/**
 * Lines of one target by their bytes; a line is a number. Targets write their lines in the same order each time, so the line after the
 * last one is compared first (`predicted`), and only where that fails a hash is looked up. The bytes lie one behind another.
 */
export class LineCache<T> {
  size = 0;
  private texts = new LineBytes();
  private bodyView: DataView = new DataView(NOTHING.buffer);
  private facts = new Int32Array(INITIAL_LINES * STRIDE);
  private values: (T | undefined)[] = [];
  /** Lines that were ever there, and of these the first whose place is free. */
  private count = 0;
  private free = NO_LINE;
  private slots = new Int32Array(2 * INITIAL_LINES).fill(NO_LINE);
  private first = NO_LINE;
  private previous = NO_LINE;
  /** Of what `find` was asked for last. */
  private hash = 0;

  /** Starts at the first line again, with the text that the other calls are about. */
  rewind(body: Uint8Array): void {
    this.previous = NO_LINE;
    this.bodyView = new DataView(body.buffer, body.byteOffset, body.length);
  }

  /** Lets go of the text: what is held from one scrape to the next is only freed by a full garbage collection. */
  release(): void {
    this.rewind(NOTHING);
  }

  /** The line that is expected here, if the text goes on with it. */
  predicted(at: number): number {
    const { facts, previous } = this;
    const line = previous === NO_LINE ? this.first : (facts[previous * STRIDE + NEXT] as number);
    return line !== NO_LINE && facts[line * STRIDE + SEEN] !== FORGOTTEN && this.isAt(line, at) ? line : NO_LINE;
  }

  /** The line with exactly these bytes. */
  find(start: number, end: number): number {
    const { facts } = this;
    const hash = hashBytes(this.bodyView, start, end);
    this.hash = hash;
    let line = this.slots[hash & (this.slots.length - 1)] as number;
    while (line !== NO_LINE) {
      const at = line * STRIDE;
      if (facts[at + HASH] === hash && facts[at + LENGTH] === end - start && this.isAt(line, start)) {
        return line;
      }
      line = facts[at + SAME_HASH] as number;
    }
    return NO_LINE;
  }

  /** Remembers that this line came after the one before it. */
  follow(line: number): void {
    if (this.previous === NO_LINE) {
      this.first = line;
    } else {
      this.facts[this.previous * STRIDE + NEXT] = line;
    }
    this.previous = line;
  }

  /** Adds a line that `find` was just asked for and did not know. */
  add(start: number, end: number, given: NewLine<T>): number {
    const length = end - start;
    const { texts } = this;
    texts.reserve(length, this.places);
    copyBytes({ view: this.bodyView, start, end }, texts.view, texts.used);
    const line = this.place();
    const { hash } = this;
    const slot = hash & (this.slots.length - 1);
    const { facts } = this;
    const at = line * STRIDE;
    facts[at + OFFSET] = texts.used;
    facts[at + LENGTH] = length;
    facts[at + HASH] = hash;
    facts[at + SEEN] = 0;
    facts[at + NEXT] = NO_LINE;
    facts[at + SAME_HASH] = this.slots[slot] as number;
    facts[at + TYPED] = given.typed;
    facts[at + SETS_TYPE] = given.setsType;
    this.values[line] = given.value;
    this.slots[slot] = line;
    texts.used += length;
    this.size++;
    if (this.size > this.slots.length) {
      this.rehash(this.slots.length * 2);
    }
    return line;
  }

  lengthOf(line: number): number {
    return this.facts[line * STRIDE + LENGTH] as number;
  }

  valueOf(line: number): T | undefined {
    return this.values[line];
  }

  typedOf(line: number): number {
    return this.facts[line * STRIDE + TYPED] as number;
  }

  setsTypeOf(line: number): number {
    return this.facts[line * STRIDE + SETS_TYPE] as number;
  }

  /** The parse in which it was last seen. */
  seenOf(line: number): number {
    return this.facts[line * STRIDE + SEEN] as number;
  }

  see(line: number, parse: number): void {
    this.facts[line * STRIDE + SEEN] = parse;
  }

  /** Gives a line another value, as if it had not been seen. */
  replace(line: number, value: T, typed: number): void {
    this.values[line] = value;
    this.facts[line * STRIDE + TYPED] = typed;
    this.facts[line * STRIDE + SEEN] = 0;
  }

  /** Forgets the lines that were not seen in this parse, of `count` that were, and tells each one that had a value. */
  sweep(seen: number, count: number, gone: (value: T) => void): void {
    if (count !== this.size) {
      this.forgetUnseen(seen, gone);
    }
    this.texts.trim(this.places);
  }

  /** Forgets everything. */
  clear(): void {
    this.texts = new LineBytes();
    this.size = 0;
    this.count = 0;
    this.free = NO_LINE;
    this.facts = new Int32Array(INITIAL_LINES * STRIDE);
    this.values = [];
    this.slots = new Int32Array(2 * INITIAL_LINES).fill(NO_LINE);
    this.first = NO_LINE;
    this.previous = NO_LINE;
  }

  private forgetUnseen(seen: number, gone: (value: T) => void): void {
    const { facts, slots } = this;
    for (let slot = 0; slot < slots.length; slot++) {
      let kept = NO_LINE;
      for (let line = slots[slot] as number; line !== NO_LINE; ) {
        const at = line * STRIDE;
        const after = facts[at + SAME_HASH] as number;
        if (facts[at + SEEN] === seen) {
          facts[at + SAME_HASH] = kept;
          kept = line;
        } else {
          const value = this.values[line];
          this.forget(line);
          if (value !== undefined) {
            gone(value);
          }
        }
        line = after;
      }
      slots[slot] = kept;
    }
  }

  private isAt(line: number, at: number): boolean {
    const { bodyView, facts } = this;
    const { view } = this.texts;
    const offset = facts[line * STRIDE + OFFSET] as number;
    const length = facts[line * STRIDE + LENGTH] as number;
    if (at + length > bodyView.byteLength) {
      return false;
    }
    let i = length;
    // Four bytes at a time, from the end: neighbours differ in their last labels. Quicker than a call of
    // `Buffer.compare` for texts of this length (bench/exposition.ts).
    for (; i >= 4; i -= 4) {
      if (view.getInt32(offset + i - 4) !== bodyView.getInt32(at + i - 4)) {
        return false;
      }
    }
    while (--i >= 0) {
      if (view.getUint8(offset + i) !== bodyView.getUint8(at + i)) {
        return false;
      }
    }
    return true;
  }

  /** A number for a new line. */
  private place(): number {
    const { free } = this;
    if (free !== NO_LINE) {
      this.free = this.facts[free * STRIDE + SAME_HASH] as number;
      return free;
    }
    if ((this.count + 1) * STRIDE > this.facts.length) {
      const grown = new Int32Array(Math.ceil(this.count * 1.5) * STRIDE);
      grown.set(this.facts);
      this.facts = grown;
    }
    this.count++;
    return this.count - 1;
  }

  private forget(line: number): void {
    const { facts } = this;
    const at = line * STRIDE;
    this.size--;
    this.texts.drop(facts[at + LENGTH] as number);
    facts[at + SEEN] = FORGOTTEN;
    facts[at + NEXT] = NO_LINE;
    facts[at + SAME_HASH] = this.free;
    this.free = line;
    this.values[line] = undefined;
  }

  private rehash(count: number): void {
    const { facts } = this;
    const slots = new Int32Array(count).fill(NO_LINE);
    for (let line = 0; line < this.count; line++) {
      const at = line * STRIDE;
      if (facts[at + SEEN] !== FORGOTTEN) {
        const slot = (facts[at + HASH] as number) & (count - 1);
        facts[at + SAME_HASH] = slots[slot] as number;
        slots[slot] = line;
      }
    }
    this.slots = slots;
  }

  /** Where the texts of all lines are, for who moves them. */
  private readonly places = (): Iterable<Place> => this.eachPlace();

  private *eachPlace(): IterableIterator<Place> {
    const { facts } = this;
    for (let line = 0; line < this.count; line++) {
      const at = line * STRIDE;
      if (facts[at + SEEN] !== FORGOTTEN) {
        const place = { offset: facts[at + OFFSET] as number, length: facts[at + LENGTH] as number };
        yield place;
        facts[at + OFFSET] = place.offset;
      }
    }
  }
}
