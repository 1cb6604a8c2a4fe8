import { numberEnd } from "./json-number.ts";
import { hex4, writeUtf8 } from "./json-text.ts";

/** Why JSON was refused, and at which byte: thrown by the cursors below and caught by the parser that owns them. */
export class JsonRefusal extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Values inside arrays and objects of unknown keys; the Collector stops at the same depth. */
const maxSkippedDepth = 10_000;

const quote = 0x22;
const backslash = 0x5c;
const letterU = 0x75;
/** What may follow a backslash, and the byte it stands for; `u` is read apart (RFC 8259, section 7). */
const escapes: ReadonlyMap<number, number> = new Map(
  [...'"\\/bfnrtu'].map((letter, index) => [letter.charCodeAt(0), '"\\/\b\f\n\r\tu'.charCodeAt(index)]),
);

/**
 * A cursor over the UTF-8 bytes of a JSON text (RFC 8259). Bytes from 0x80 on are taken as they come, also where they
 * are not UTF-8. Throws `JsonRefusal` and nothing else; never reads outside the bytes.
 */
export class JsonReader {
  readonly bytes: Uint8Array;
  /** The next byte to read. */
  at = 0;
  /** The string read last: where its content stands, after `readPlainString` in `text`, and whether it holds escapes. */
  text: Uint8Array;
  start = 0;
  stop = 0;
  escaped = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.text = bytes;
    // A byte order mark is not part of the text (RFC 8259, section 8.1: a parser may ignore it).
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  /** Passes over white space and returns the next byte without taking it; -1 at the end. */
  peek(): number {
    const bytes = this.bytes;
    while (this.at < bytes.length) {
      const byte = bytes[this.at] as number;
      if (byte > 0x20) return byte;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
    return -1;
  }

  /** Takes the next byte, which must be `byte`. */
  expect(byte: number, what: string): void {
    if (this.peek() !== byte) this.fail(`Expected ${what}.`);
    this.at++;
  }

  /** Takes `word`, which is `true`, `false` or `null`. */
  expectWord(word: string): void {
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.at + index] !== word.charCodeAt(index)) this.fail("Not a JSON value.");
    }
    this.at += word.length;
  }

  /** Reads the string whose quote is next; its escapes are checked but still stand in it. */
  readString(): void {
    const bytes = this.bytes;
    const end = bytes.length;
    let at = this.at + 1;
    this.text = bytes;
    this.start = at;
    this.escaped = false;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      // Lower-case letters, most of what strings are made of, need this comparison alone (bench/transcode.ts).
      if (byte > backslash) continue;
      if (byte === quote) {
        this.stop = at;
        this.at = at + 1;
        return;
      }
      if (byte === backslash) at = this.checkEscape(at);
      else if (byte < 0x20) this.fail("A control character in a string must be escaped.", at);
    }
    this.fail("The string does not end.", this.start - 1);
  }

  /** Reads the string whose quote is next and resolves its escapes: `text`, `start` and `stop` hold its content. */
  readPlainString(): void {
    this.readString();
    if (!this.escaped) return;
    const plain = new Uint8Array(this.stop - this.start);
    this.stop = this.unescape(plain, 0);
    this.start = 0;
    this.text = plain;
  }

  /** Writes the content of the string read last to `target` at `at`, and returns the end; never longer than with escapes. */
  unescape(target: Uint8Array, at: number): number {
    const { bytes, stop } = this;
    let to = at;
    for (let from = this.start; from < stop; ) {
      const byte = bytes[from++] as number;
      if (byte !== backslash) {
        target[to++] = byte;
        continue;
      }
      const letter = bytes[from++] as number;
      if (letter !== letterU) {
        target[to++] = escapes.get(letter) as number;
        continue;
      }
      let character = hex4(bytes, from);
      from += 4;
      if (character >= 0xd800 && character <= 0xdfff) {
        const low = bytes[from] === backslash && bytes[from + 1] === letterU ? hex4(bytes, from + 2) : 0;
        const paired = character < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;
        // Half a pair has no UTF-8 form: U+FFFD, as every writer of UTF-8 puts it (JavaScript SDKs cut strings there).
        character = paired ? 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
        if (paired) from += 6;
      }
      to = writeUtf8(target, to, character);
    }
    return to;
  }

  /** Passes over a value of any kind, checking that it is JSON. Does not recurse. */
  skipValue(): void {
    const inObject: boolean[] = [];
    for (;;) {
      let byte = this.peek();
      if (byte === 0x7b || byte === 0x5b) {
        if (inObject.length === maxSkippedDepth) this.fail(`Values are nested more than ${maxSkippedDepth} deep.`);
        this.at++;
        inObject.push(byte === 0x7b);
        if (this.peek() !== byte + 2) {
          if (byte === 0x7b) this.skipKey();
          continue;
        }
        this.at++;
        inObject.pop();
      } else this.skipScalar(byte);
      for (;;) {
        const object = inObject.at(-1);
        if (object === undefined) return;
        byte = this.peek();
        this.at++;
        if (byte === 0x2c) {
          if (object) this.skipKey();
          break;
        }
        if (byte !== (object ? 0x7d : 0x5d)) this.fail(`Expected "," or "${object ? "}" : "]"}".`, this.at - 1);
        inObject.pop();
      }
    }
  }

  fail(message: string, offset = this.at): never {
    throw new JsonRefusal(
      this.at >= this.bytes.length && offset === this.at ? "The JSON text ends too early." : message,
      offset,
    );
  }

  private skipKey(): void {
    if (this.peek() !== quote) this.fail("Expected a key in double quotes.");
    this.readString();
    this.expect(0x3a, '":" after a key');
  }

  private skipScalar(byte: number): void {
    if (byte === quote) this.readString();
    else if (byte === 0x74) this.expectWord("true");
    else if (byte === 0x66) this.expectWord("false");
    else if (byte === 0x6e) this.expectWord("null");
    else {
      const end = numberEnd(this.bytes, this.at, this.bytes.length);
      if (end === this.at) this.fail("Not a JSON value.");
      this.at = end;
    }
  }

  private checkEscape(at: number): number {
    this.escaped = true;
    const letter = this.bytes[at + 1];
    if (letter === undefined || !escapes.has(letter)) this.fail("Not an escape of JSON.", at);
    if (letter !== letterU) return at + 1;
    if (hex4(this.bytes, at + 2) < 0) this.fail("\\u is not followed by four hexadecimal digits.", at);
    return at + 5;
  }
}
