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
const escapes = new Uint8Array(256);
for (const [index, letter] of [...'"\\/bfnrt'].entries()) {
  escapes[letter.charCodeAt(0)] = '"\\/\b\f\n\r\t'.charCodeAt(index);
}
const nowhere = new Uint8Array(4);

/**
 * A cursor over the UTF-8 bytes of a JSON text (RFC 8259). Bytes from 0x80 on are taken as they come, also where they
 * are not UTF-8. Throws `JsonRefusal` and nothing else; never reads outside the bytes.
 */
export class JsonReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The next byte to read. */
  at = 0;
  /** The string read last: where its content stands, after `readPlainString` in `text`, and whether it holds escapes. */
  text: Uint8Array;
  start = 0;
  stop = 0;
  escaped = false;

  constructor(bytes: Uint8Array) {
    // Always a plain Uint8Array, so that the code below is compiled for one kind of array.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.text = this.bytes;
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

  /** Takes the quoted key if it is next. */
  takeKey(size: number, words: Int32Array): boolean {
    const at = this.at;
    if (at + size > this.bytes.length) return false;
    const last = words.length - 1;
    for (let index = 0; index < last; index++) {
      if (this.view.getInt32(at + index * 4, true) !== words[index]) return false;
    }
    if (this.view.getInt32(at + size - 4, true) !== words[last]) return false;
    this.at = at + size;
    return true;
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
    const first = this.at;
    this.text = bytes;
    this.start = first + 1;
    this.escaped = false;
    for (let at = first + 1; at < end; at++) {
      const byte = bytes[at] as number;
      // Lower-case letters, most of what strings are made of, need this comparison alone (bench/transcode.ts).
      if (byte > backslash) continue;
      if (byte === quote) {
        this.stop = at;
        this.at = at + 1;
        return;
      }
      if (byte === backslash) {
        this.escaped = true;
        this.at = at;
        this.takeEscape(nowhere, 0);
        at = this.at - 1;
      } else if (byte < 0x20) this.fail("A control character in a string must be escaped.", at);
    }
    this.fail("The string does not end.", first);
  }

  /** Reads the string whose quote is next and resolves its escapes: `text`, `start` and `stop` hold its content. */
  readPlainString(): void {
    this.readString();
    if (!this.escaped) return;
    const plain = new Uint8Array(this.stop - this.start);
    const end = this.at;
    let size = 0;
    for (this.at = this.start; this.at < this.stop; ) {
      if (this.bytes[this.at] === backslash) size = this.takeEscape(plain, size);
      else plain[size++] = this.bytes[this.at++] as number;
    }
    this.text = plain;
    this.start = 0;
    this.stop = size;
    this.at = end;
  }

  /** Takes the escape whose backslash is next and writes what it stands for to `target`; returns the end of that. */
  takeEscape(target: Uint8Array, to: number): number {
    const { bytes, at } = this;
    const letter = bytes[at + 1] as number;
    const plain = escapes[letter];
    if (plain !== undefined && plain !== 0) {
      target[to] = plain;
      this.at = at + 2;
      return to + 1;
    }
    if (letter !== letterU) this.fail("Not an escape of JSON.");
    let character = hex4(bytes, at + 2);
    if (character < 0) this.fail("\\u is not followed by four hexadecimal digits.");
    this.at = at + 6;
    if (character >= 0xd800 && character <= 0xdfff) {
      const low = bytes[at + 6] === backslash && bytes[at + 7] === letterU ? hex4(bytes, at + 8) : 0;
      const paired = character < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;
      // Half a pair has no UTF-8 form: U+FFFD, as every writer of UTF-8 puts it (JavaScript SDKs cut strings there).
      character = paired ? 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
      if (paired) this.at = at + 12;
    }
    return writeUtf8(target, to, character);
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
}
