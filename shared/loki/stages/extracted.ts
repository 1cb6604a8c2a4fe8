import { type TextRange, textOf } from "../text-of.ts";

/** What a stage may take out of a line: what JSON has; objects and arrays are kept as their text. */
export type Extracted = string | number | boolean | null;

/** Most values that are looked for one by one. */
const maxList = 16;

/** A value with its name; a text may still be bytes of a block of valid UTF-8. */
class Value {
  name: string;
  known: Extracted | undefined;
  block: Buffer | undefined;
  from = 0;
  to = 0;
  next: Value | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Undefined for one that was removed. */
  get(): Extracted | undefined {
    return this.block === undefined ? this.known : textOf(this.block, this.from, this.to);
  }

  set(known: Extracted | undefined): void {
    this.known = known;
    this.block = undefined;
  }
}

function isRange(value: Value): value is Value & TextRange {
  return value.block !== undefined;
}

/** The extracted values of a line, in the order in which they came. A list: a line mostly has a few. */
export class ExtractedValues {
  #first: Value | undefined;
  #last: Value | undefined;
  #count = 0;
  /** Where there are many. */
  #byName: Map<string, Value> | undefined;

  /** Undefined where it was removed, or never was there. */
  get(name: string): Extracted | undefined {
    return this.#find(name)?.get();
  }

  /** A value that still is bytes. */
  range(name: string): TextRange | undefined {
    const value = this.#find(name);
    return value !== undefined && isRange(value) ? value : undefined;
  }

  /** Also of one that was removed. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  set(name: string, known: Extracted | undefined): void {
    this.#place(name).set(known);
  }

  /** Sets a text that is bytes. */
  setRange(name: string, { block, from, to }: TextRange): void {
    const value = this.#place(name);
    if (value.block !== block) value.block = block;
    value.from = from;
    value.to = to;
  }

  /** Names with values; undefined for those that were removed. */
  all(): readonly (readonly [string, Extracted | undefined])[] {
    return this.#all().map((value) => [value.name, value.get()]);
  }

  copy(): ExtractedValues {
    const copy = new ExtractedValues();
    if (this.#count === 0) return copy;
    for (const value of this.#all()) {
      if (value.block === undefined) copy.set(value.name, value.known);
      else copy.setRange(value.name, { block: value.block, from: value.from, to: value.to });
    }
    return copy;
  }

  /** Makes texts of what still is bytes. */
  detach(): void {
    if (this.#count === 0) return;
    for (const value of this.#all()) value.set(value.get());
  }

  /** Forgets all values; their places are used again. */
  clear(): void {
    this.#count = 0;
    this.#last = undefined;
    this.#byName = undefined;
  }

  #all(): Value[] {
    const all: Value[] = [];
    let each = this.#first;
    for (let left = this.#count; left > 0 && each !== undefined; left -= 1) {
      all.push(each);
      each = each.next;
    }
    return all;
  }

  #find(name: string): Value | undefined {
    if (this.#byName !== undefined) return this.#byName.get(name);
    let each = this.#first;
    for (let left = this.#count; left > 0 && each !== undefined; left -= 1) {
      if (each.name === name) return each;
      each = each.next;
    }
    return undefined;
  }

  /** A place behind the last one. */
  #unused(name: string): Value {
    const left = this.#last === undefined ? this.#first : this.#last.next;
    if (left !== undefined) {
      left.name = name;
      return left;
    }
    const made = new Value(name);
    if (this.#last === undefined) this.#first = made;
    else this.#last.next = made;
    return made;
  }

  /** The value of a name, which it may get now. */
  #place(name: string): Value {
    const known = this.#find(name);
    if (known !== undefined) return known;
    const made = this.#unused(name);
    this.#last = made;
    this.#count += 1;
    if (this.#byName !== undefined) this.#byName.set(name, made);
    else if (this.#count > maxList) this.#byName = new Map(this.#all().map((each) => [each.name, each]));
    return made;
  }
}
