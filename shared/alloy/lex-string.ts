import { type CharacterReader, describeCharacter, endOfInput } from "./character-reader.ts";

const newline = 0x0a;
const backslash = 0x5c;

/** Reads a string whose opening quote has been read. */
export function lexString(reader: CharacterReader, quote: number, { raw }: { readonly raw: boolean }): void {
  const start = reader.offset - 1;
  for (;;) {
    const character = reader.current;
    if (character === endOfInput || (character === newline && !raw)) {
      reader.error(start, "string literal not terminated");
      return;
    }
    reader.advance();
    if (character === quote) return;
    if (character === backslash && !raw) lexEscape(reader);
  }
}

const simple = new Set([...'abfnrtv\\"'].map((character) => character.charCodeAt(0)));
const numeric: Readonly<Record<string, { readonly digits: number; readonly base: number; readonly max: number }>> = {
  x: { digits: 2, base: 16, max: 0xff },
  u: { digits: 4, base: 16, max: 0x10ffff },
  U: { digits: 8, base: 16, max: 0x10ffff },
};

/** Checks an escape sequence whose backslash has been read; stops at the character that does not belong to it. */
function lexEscape(reader: CharacterReader): void {
  const start = reader.offset;
  if (simple.has(reader.current)) {
    reader.advance();
    return;
  }
  const octal = digitOf(reader.current) < 8;
  const letter = reader.current === endOfInput ? "" : String.fromCodePoint(reader.current);
  const shape = octal
    ? { digits: 3, base: 8, max: 0xff }
    : Object.hasOwn(numeric, letter)
      ? numeric[letter]
      : undefined;
  if (!shape) {
    const ended = reader.current === endOfInput;
    reader.error(start, ended ? "escape sequence not terminated" : "unknown escape sequence");
    return;
  }
  if (!octal) reader.advance();
  let code = 0;
  for (let left = shape.digits; left > 0; left--) {
    const digit = digitOf(reader.current);
    if (digit >= shape.base) {
      const words = `illegal character ${describeCharacter(reader.current)} in escape sequence`;
      reader.error(start, reader.current === endOfInput ? "escape sequence not terminated" : words);
      return;
    }
    code = code * shape.base + digit;
    reader.advance();
  }
  if (code > shape.max || (code >= 0xd800 && code < 0xe000)) {
    reader.error(start, "escape sequence is invalid Unicode code point");
  }
}

function digitOf(character: number): number {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const lower = character | 0x20;
  return character > 0 && lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 16;
}
