/** End of the input, as a character. */
export const endOfInput = -1;
const byteOrderMark = 0xfeff;

/** Tells about a lexical error at a byte offset. */
export type OnLexError = (offset: number, message: string) => void;

/** Reads a source character by character, reporting what is not a character. The lexer's cursor. */
export class CharacterReader {
  readonly bytes: Uint8Array;
  /** The character at `offset`, or `endOfInput`. */
  current = 0;
  offset = 0;
  private nextOffset = 0;
  private readonly onError: OnLexError;

  constructor(bytes: Uint8Array, onError: OnLexError) {
    this.bytes = bytes;
    this.onError = onError;
    this.advance();
    if (this.current === byteOrderMark) this.advance();
  }

  /** The byte after the current character, 0 at the end. */
  peek(): number {
    return this.bytes[this.nextOffset] ?? 0;
  }

  advance(): void {
    this.offset = Math.min(this.nextOffset, this.bytes.length);
    const first = this.bytes[this.offset];
    if (first === undefined) {
      this.current = endOfInput;
      return;
    }
    if (first < 0x80) {
      if (first === 0) this.onError(this.offset, "illegal character NUL");
      this.current = first;
      this.nextOffset = this.offset + 1;
      return;
    }
    const { code, length } = decodeAt(this.bytes, this.offset);
    if (length === 1) this.onError(this.offset, "illegal UTF-8 encoding");
    else if (code === byteOrderMark && this.offset > 0) this.onError(this.offset, "illegal byte order mark");
    this.current = code;
    this.nextOffset = this.offset + length;
  }

  /** Goes back to `offset`, where a character of one byte stands. */
  rewind(offset: number): void {
    this.offset = offset;
    this.current = this.bytes[offset] ?? endOfInput;
    this.nextOffset = offset + 1;
  }

  error(offset: number, message: string): void {
    this.onError(offset, message);
  }
}

/** The code point at `offset`; U+FFFD of length 1 where the bytes are not UTF-8. */
function decodeAt(bytes: Uint8Array, offset: number): { readonly code: number; readonly length: number } {
  const bad = { code: 0xfffd, length: 1 };
  const first = bytes[offset] ?? 0;
  const length = first >= 0xf5 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0) return bad;
  let code = first & (0xff >> (length + 1));
  for (let index = 1; index < length; index++) {
    const byte = bytes[offset + index] ?? 0;
    if ((byte & 0xc0) !== 0x80) return bad;
    code = (code << 6) | (byte & 0x3f);
  }
  const smallest = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0;
  if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return bad;
  return { code, length };
}

/** A code point as messages show it: `U+0040 '@'`, without the character where it cannot be printed. */
export function describeCharacter(code: number): string {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const character = code >= 0 ? String.fromCodePoint(code) : "";
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character) ? `${name} '${character}'` : name;
}
