const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
/** Up to here a loop over ASCII beats the decoder's call (bench/processors.ts, attributes). */
const shortText = 32;

/** The text of a range of UTF-8; invalid bytes become U+FFFD. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > shortText) return decoder.decode(bytes.subarray(from, to));
  let text = "";
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte >= 128) return decoder.decode(bytes.subarray(from, to));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A string as UTF-8; lone surrogates become U+FFFD. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** How many bytes a string takes in UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      // Two units of UTF-16, four bytes.
      length += 2;
      at++;
    } else length += 2;
  }
  return length;
}

/** Whether a byte goes on with a character of UTF-8. */
export function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Whether a range holds exactly these bytes. */
export function equalRange(bytes: Uint8Array, range: { from: number; to: number }, expected: Uint8Array): boolean {
  if (range.to - range.from !== expected.length) return false;
  for (let at = 0; at < expected.length; at++) if (bytes[range.from + at] !== expected[at]) return false;
  return true;
}
