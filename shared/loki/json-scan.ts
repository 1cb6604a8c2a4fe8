import { ExpectedFields } from "./expected-fields.ts";
import { type Wanted, wantedFields } from "./wanted-fields.ts";

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const [minus, plus, point, zero, nine, upperE, lowerE] = [0x2d, 0x2b, 0x2e, 0x30, 0x39, 0x45, 0x65];
const [lowerT, lowerF, lowerN, lowerU] = [0x74, 0x66, 0x6e, 0x75];
const space = 0x20;
const maxDepth = 32;
const literals: Readonly<Record<number, Buffer>> = {
  [lowerT]: Buffer.from("true"),
  [lowerF]: Buffer.from("false"),
  [lowerN]: Buffer.from("null"),
};
/** Bytes that a string goes on behind, whatever they mean: all but quotes, backslashes and control characters. */
const isPlain = new Uint8Array(256).fill(1, space);
isPlain[quote] = 0;
isPlain[backslash] = 0;
const isEscape = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) isEscape[byte] = 1;

/**
 * Finds the values of some fields in a JSON object that is bytes, and makes nothing of the others but sure that they are JSON: a line
 * that is parsed whole costs an object and a text for each of its fields, of which most are not asked for.
 */
export class JsonScan {
  /** Of each path, where its value begins and ends; -1 where there is none. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Of a value that is a string, where its first backslash stands; -1 without one. */
  readonly escapes: Int32Array;
  /** Whether a field came more than once. */
  isRepeated = false;
  private readonly root: readonly Wanted[];
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  end = 0;
  /** Where the first backslash of the last string stands; -1 without one. */
  private escapeAt = -1;
  private readonly ignoresCase: boolean;
  private readonly expected = new ExpectedFields<Wanted>();

  /** Paths are names of objects inside of each other; where their case does not matter they are given in lower case. */
  constructor(paths: readonly (readonly string[])[], { ignoresCase = false } = {}) {
    this.ignoresCase = ignoresCase;
    this.starts = new Int32Array(paths.length);
    this.ends = new Int32Array(paths.length);
    this.escapes = new Int32Array(paths.length);
    this.root = wantedFields(paths);
  }

  /**
   * True when the bytes are one object, whose fields are then noted. False when they are not, or when that is not certain: names with
   * escapes and what is nested deeply are left to a parser, and letters other than ASCII where case does not matter.
   */
  scan(bytes: Buffer, from: number, to: number): boolean {
    if (this.bytes !== bytes) this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.bytes = bytes;
    this.end = to;
    this.isRepeated = false;
    for (let slot = 0; slot < this.starts.length; slot += 1) this.starts[slot] = -1;
    const at = this.blanks(from);
    if (bytes[at] !== openBrace) return false;
    const end = this.fields(at + 1);
    return end >= 0 && this.blanks(end) === to;
  }

  /** Behind the blanks. */
  private blanks(from: number): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte > space) break;
      if (byte !== space && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) break;
      at += 1;
    }
    return at;
  }

  /** The fields of the line itself, from behind its brace. */
  private fields(from: number): number {
    const { bytes, expected } = this;
    let at = this.blanks(from);
    if (bytes[at] === closeBrace) return at + 1;
    for (let place = 0; ; place += 1) {
      const length = expected.lengthAt(place, this, at);
      at = length === 0 ? this.field(at, place) : this.valueOf(expected.found(place), at + length);
      if (at < 0) return -1;
      if (bytes[at] !== comma) at = this.blanks(at);
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = this.blanks(at + 1);
    }
  }

  /** A field that is not the expected one. */
  private field(from: number, place: number): number {
    const { bytes, root } = this;
    if (bytes[from] !== quote) return -1;
    const behind = this.name(from + 1);
    if (behind < 0 || this.escapeAt >= 0 || !this.isComparable(from + 1, behind)) return -1;
    const found = this.find(root, from + 1, behind - 1);
    const at = this.blanks(behind);
    if (bytes[at] !== colon) return -1;
    if (at === behind) this.expected.expect(place, bytes.subarray(from, at + 1), found);
    return this.valueOf(found, at + 1);
  }

  private valueOf(found: Wanted | undefined, from: number): number {
    const value = this.blanks(from);
    return found === undefined ? this.value(value, 0) : this.note(found, value, 0);
  }

  /** These return where something ends that begins at `from`, and -1 where it is not JSON. Objects: behind the brace. */
  private object(from: number, wanted: readonly Wanted[], depth: number): number {
    const { bytes } = this;
    if (depth > maxDepth) return -1;
    let at = this.blanks(from);
    if (bytes[at] === closeBrace) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return -1;
      const name = at + 1;
      const behind = this.name(name);
      if (behind < 0 || (wanted.length > 0 && (this.escapeAt >= 0 || !this.isComparable(name, behind)))) return -1;
      const found = wanted.length === 0 ? undefined : this.find(wanted, name, behind - 1);
      at = bytes[behind] === colon ? behind : this.blanks(behind);
      if (bytes[at] !== colon) return -1;
      at = this.blanks(at + 1);
      at = found === undefined ? this.value(at, depth) : this.note(found, at, depth);
      if (at < 0) return -1;
      if (bytes[at] !== comma) at = this.blanks(at);
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = this.blanks(at + 1);
    }
  }

  /** Some letters of other scripts are the same as ones of ASCII but for their case. */
  private isComparable(from: number, to: number): boolean {
    if (this.ignoresCase) for (let at = from; at < to; at += 1) if ((this.bytes[at] as number) > 127) return false;
    return true;
  }

  private find(wanted: readonly Wanted[], from: number, to: number): Wanted | undefined {
    const { bytes, ignoresCase } = this;
    const length = to - from;
    for (const each of wanted) {
      const { name } = each;
      if (name.length !== length) continue;
      let at = 0;
      while (at < length) {
        const byte = bytes[from + at] as number;
        if (name[at] !== (ignoresCase && byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)) break;
        at += 1;
      }
      if (at === length) return each;
    }
    return undefined;
  }

  private note(wanted: Wanted, from: number, depth: number): number {
    // Of several fields with one name the last one counts.
    if (wanted.slot !== undefined && (this.starts[wanted.slot] as number) >= 0) this.isRepeated = true;
    this.forget(wanted);
    const isObject = this.bytes[from] === openBrace && wanted.inside.length > 0;
    const end = isObject ? this.object(from + 1, wanted.inside, depth + 1) : this.value(from, depth);
    const { slot } = wanted;
    if (slot !== undefined) {
      this.starts[slot] = from;
      this.ends[slot] = end;
      this.escapes[slot] = this.bytes[from] === quote ? this.escapeAt : -1;
    }
    return end;
  }

  private forget({ slot, inside }: Wanted): void {
    if (slot !== undefined) this.starts[slot] = -1;
    for (const each of inside) this.forget(each);
  }

  private value(from: number, depth: number): number {
    const byte = this.bytes[from] as number;
    if (byte === quote) return this.string(from + 1);
    if (byte === minus || (byte >= zero && byte <= nine)) return this.number(from);
    if (byte === openBrace) return this.object(from + 1, [], depth + 1);
    if (byte === openBracket) return this.array(from + 1, depth + 1);
    return this.literal(from);
  }

  private array(from: number, depth: number): number {
    const { bytes } = this;
    if (depth > maxDepth) return -1;
    let at = this.blanks(from);
    if (bytes[at] === closeBracket) return at + 1;
    for (;;) {
      at = this.value(at, depth);
      if (at < 0) return -1;
      at = this.blanks(at);
      if (bytes[at] === closeBracket) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = this.blanks(at + 1);
    }
  }

  /** A string that mostly is short. */
  private name(from: number): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end && isPlain[bytes[at] as number] === 1) at += 1;
    this.escapeAt = -1;
    return at < end && bytes[at] === quote ? at + 1 : this.string(from);
  }

  /** From behind the quote. */
  private string(from: number): number {
    const { bytes, end } = this;
    this.escapeAt = -1;
    for (let at = from; ; ) {
      at = this.plain(at);
      while (at < end && isPlain[bytes[at] as number] === 1) at += 1;
      if (at >= end) return -1;
      const byte = bytes[at];
      if (byte === quote) return at + 1;
      if (byte !== backslash) return -1;
      if (this.escapeAt < 0) this.escapeAt = at;
      at = this.escape(at + 1);
      if (at < 0) return -1;
    }
  }

  /** Goes on while four bytes together are plain: for each the highest bit of `found` says whether it may not be (`bench/json-scan.ts`). */
  private plain(from: number): number {
    const { view } = this;
    const last = this.end - 4;
    let at = from;
    for (; at <= last; at += 4) {
      const word = view.getInt32(at, true);
      const [quotes, slashes] = [word ^ 0x22222222, word ^ 0x5c5c5c5c];
      const isMark = ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes);
      const found = isMark | ((word - 0x20202020) & ~word);
      if ((found & 0x80808080) !== 0) break;
    }
    return at;
  }

  /** From behind the backslash. */
  private escape(from: number): number {
    const byte = this.bytes[from] as number;
    if (byte !== lowerU) return isEscape[byte] === 1 ? from + 1 : -1;
    for (let at = from + 1; at < from + 5; at += 1) {
      const lower = (this.bytes[at] as number) | 0x20;
      const isDigit = (this.bytes[at] as number) >= zero && (this.bytes[at] as number) <= nine;
      if (at >= this.end || !(isDigit || (lower >= 0x61 && lower <= 0x66))) return -1;
    }
    return from + 5;
  }

  private number(from: number): number {
    const { bytes } = this;
    let at = bytes[from] === minus ? from + 1 : from;
    const whole = this.digits(at);
    if (whole === at || (bytes[at] === zero && whole > at + 1)) return -1;
    at = whole;
    if (bytes[at] === point) {
      const fraction = this.digits(at + 1);
      if (fraction === at + 1) return -1;
      at = fraction;
    }
    if (bytes[at] === lowerE || bytes[at] === upperE) {
      const sign = bytes[at + 1];
      const digits = sign === plus || sign === minus ? at + 2 : at + 1;
      at = this.digits(digits);
      if (at === digits) return -1;
    }
    return at;
  }

  private digits(from: number): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end && (bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at += 1;
    return at;
  }

  private literal(from: number): number {
    const word = literals[this.bytes[from] as number];
    if (word === undefined) return -1;
    for (let at = 1; at < word.length; at += 1) if (this.bytes[from + at] !== word[at]) return -1;
    return from + word.length;
  }
}
