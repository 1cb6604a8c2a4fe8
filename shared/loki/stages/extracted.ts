import { TextRange } from "../text-range.ts";

/** What a stage may take out of a line: what JSON has; objects and arrays are kept as their text. */
export type Extracted = string | number | boolean | null;

/** As it is kept: a text may still be bytes. Undefined for a value that was removed. */
type Kept = Extracted | TextRange | undefined;

/** Most values that are looked for one by one. */
const maxList = 16;

class Value {
  readonly name: string;
  kept: Kept;
  next: Value | undefined;

  constructor(name: string, kept: Kept) {
    this.name = name;
    this.kept = kept;
  }
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
    const kept = this.#find(name)?.kept;
    return kept instanceof TextRange ? kept.toString() : kept;
  }

  /** Bytes where a value still is bytes. */
  range(name: string): TextRange | undefined {
    const kept = this.#find(name)?.kept;
    return kept instanceof TextRange ? kept : undefined;
  }

  /** Also of one that was removed. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  set(name: string, kept: Kept): void {
    const known = this.#find(name);
    if (known !== undefined) {
      known.kept = kept;
      return;
    }
    const value = new Value(name, kept);
    if (this.#last === undefined) this.#first = value;
    else this.#last.next = value;
    this.#last = value;
    this.#count += 1;
    if (this.#byName !== undefined) this.#byName.set(name, value);
    else if (this.#count > maxList) this.#byName = new Map(this.#all().map((each) => [each.name, each]));
  }

  /** Names with values; undefined for those that were removed. */
  all(): readonly (readonly [string, Extracted | undefined])[] {
    return this.#all().map(({ name, kept }) => [name, kept instanceof TextRange ? kept.toString() : kept]);
  }

  copy(): ExtractedValues {
    const copy = new ExtractedValues();
    for (let each = this.#first; each !== undefined; each = each.next) copy.set(each.name, each.kept);
    return copy;
  }

  /** Makes texts of what still is bytes. */
  detach(): void {
    for (const each of this.#all()) if (each.kept instanceof TextRange) each.kept = each.kept.toString();
  }

  #all(): Value[] {
    const all: Value[] = [];
    for (let each = this.#first; each !== undefined; each = each.next) all.push(each);
    return all;
  }

  #find(name: string): Value | undefined {
    if (this.#byName !== undefined) return this.#byName.get(name);
    for (let each = this.#first; each !== undefined; each = each.next) if (each.name === name) return each;
    return undefined;
  }
}
