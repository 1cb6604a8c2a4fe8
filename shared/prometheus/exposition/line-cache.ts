import { copyBytes, hashBytes } from "../label-block.ts";
import { LineBytes, type Place } from "./line-bytes.ts";

const initialLines = 128;
const nothing = new Uint8Array(0);
/** Numbers of a line: one cache line of the processor holds two of them (bench/exposition.ts). */
const stride = 8;
const offsetSlot = 0;
const lengthSlot = 1;
const hashSlot = 2;
const seenSlot = 3;
const nextSlot = 4;
const sameHashSlot = 5;
const typedSlot = 6;
const setsTypeSlot = 7;
/** `seenSlot` of a line that is forgotten, whose place is free. */
const forgottenLine = -1;

/** No line. */
export const noLine = -1;

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
  private bodyView: DataView = new DataView(nothing.buffer);
  private facts = new Int32Array(initialLines * stride);
  private values: (T | undefined)[] = [];
  /** Lines that were ever there, and of these the first whose place is free. */
  private count = 0;
  private free = noLine;
  private slots = new Int32Array(2 * initialLines).fill(noLine);
  private first = noLine;
  private previous = noLine;
  /** Of what `find` was asked for last. */
  private hash = 0;

  /** Starts at the first line again, with the text that the other calls are about. */
  rewind(body: Uint8Array): void {
    this.previous = noLine;
    this.bodyView = new DataView(body.buffer, body.byteOffset, body.length);
  }

  /** Lets go of the text: what is held from one scrape to the next is only freed by a full garbage collection. */
  release(): void {
    this.rewind(nothing);
  }

  /** The line that is expected here, if the text goes on with it. */
  predicted(at: number): number {
    const { facts, previous } = this;
    const line = previous === noLine ? this.first : (facts[previous * stride + nextSlot] as number);
    return line !== noLine && facts[line * stride + seenSlot] !== forgottenLine && this.isAt(line, at) ? line : noLine;
  }

  /** The line with exactly these bytes. */
  find(start: number, end: number): number {
    const { facts } = this;
    const hash = hashBytes(this.bodyView, start, end);
    this.hash = hash;
    let line = this.slots[hash & (this.slots.length - 1)] as number;
    while (line !== noLine) {
      const at = line * stride;
      if (facts[at + hashSlot] === hash && facts[at + lengthSlot] === end - start && this.isAt(line, start)) {
        return line;
      }
      line = facts[at + sameHashSlot] as number;
    }
    return noLine;
  }

  /** Remembers that this line came after the one before it. */
  follow(line: number): void {
    if (this.previous === noLine) {
      this.first = line;
    } else {
      this.facts[this.previous * stride + nextSlot] = line;
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
    const at = line * stride;
    facts[at + offsetSlot] = texts.used;
    facts[at + lengthSlot] = length;
    facts[at + hashSlot] = hash;
    facts[at + seenSlot] = 0;
    facts[at + nextSlot] = noLine;
    facts[at + sameHashSlot] = this.slots[slot] as number;
    facts[at + typedSlot] = given.typed;
    facts[at + setsTypeSlot] = given.setsType;
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
    return this.facts[line * stride + lengthSlot] as number;
  }

  valueOf(line: number): T | undefined {
    return this.values[line];
  }

  typedOf(line: number): number {
    return this.facts[line * stride + typedSlot] as number;
  }

  setsTypeOf(line: number): number {
    return this.facts[line * stride + setsTypeSlot] as number;
  }

  /** The parse in which it was last seen. */
  seenOf(line: number): number {
    return this.facts[line * stride + seenSlot] as number;
  }

  see(line: number, parse: number): void {
    this.facts[line * stride + seenSlot] = parse;
  }

  /** Gives a line another value, as if it had not been seen. */
  replace(line: number, value: T, typed: number): void {
    this.values[line] = value;
    this.facts[line * stride + typedSlot] = typed;
    this.facts[line * stride + seenSlot] = 0;
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
    this.free = noLine;
    this.facts = new Int32Array(initialLines * stride);
    this.values = [];
    this.slots = new Int32Array(2 * initialLines).fill(noLine);
    this.first = noLine;
    this.previous = noLine;
  }

  private forgetUnseen(seen: number, gone: (value: T) => void): void {
    const { facts, slots } = this;
    for (let slot = 0; slot < slots.length; slot++) {
      let kept = noLine;
      for (let line = slots[slot] as number; line !== noLine; ) {
        const at = line * stride;
        const after = facts[at + sameHashSlot] as number;
        if (facts[at + seenSlot] === seen) {
          facts[at + sameHashSlot] = kept;
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
    const offset = facts[line * stride + offsetSlot] as number;
    const length = facts[line * stride + lengthSlot] as number;
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
    if (free !== noLine) {
      this.free = this.facts[free * stride + sameHashSlot] as number;
      return free;
    }
    if ((this.count + 1) * stride > this.facts.length) {
      const grown = new Int32Array(Math.ceil(this.count * 1.5) * stride);
      grown.set(this.facts);
      this.facts = grown;
    }
    this.count++;
    return this.count - 1;
  }

  private forget(line: number): void {
    const { facts } = this;
    const at = line * stride;
    this.size--;
    this.texts.drop(facts[at + lengthSlot] as number);
    facts[at + seenSlot] = forgottenLine;
    facts[at + nextSlot] = noLine;
    facts[at + sameHashSlot] = this.free;
    this.free = line;
    this.values[line] = undefined;
  }

  private rehash(count: number): void {
    const { facts } = this;
    const slots = new Int32Array(count).fill(noLine);
    for (let line = 0; line < this.count; line++) {
      const at = line * stride;
      if (facts[at + seenSlot] !== forgottenLine) {
        const slot = (facts[at + hashSlot] as number) & (count - 1);
        facts[at + sameHashSlot] = slots[slot] as number;
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
      const at = line * stride;
      if (facts[at + seenSlot] !== forgottenLine) {
        const place = { offset: facts[at + offsetSlot] as number, length: facts[at + lengthSlot] as number };
        yield place;
        facts[at + offsetSlot] = place.offset;
      }
    }
  }
}
