import { isArray, type Value } from "./value.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const byteEscape = 0xdc00;
const maxShort = 64;

/** Arrays of numbers that came from bytes (`encoding.from_base64`) and are text where text is wanted. */
const byteArrays = new WeakMap<readonly Value[], string>();

/** Bytes as text of the language: UTF-8 decoded, a byte that is not UTF-8 as the lone surrogate U+DC00 + byte. */
export function textOfBytes(bytes: Uint8Array): string {
  // Names and numbers: a decoder call costs more than they do (bench/alloy.ts, "parse").
  if (bytes.length <= maxShort && isAscii(bytes)) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  try {
    return decoder.decode(bytes);
  } catch {
    return decodeLossless(bytes);
  }
}

/** The bytes of a text: the inverse of `textOfBytes`. A lone surrogate that stands for no byte becomes U+FFFD. */
export function bytesOfText(text: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= byteEscape + 0x80 && code <= byteEscape + 0xff) bytes.push(code - byteEscape);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** Texts joined as bytes: halves of a letter become the letter. */
export function joinTexts(left: string, right: string): string {
  const joined = left + right;
  return joined.isWellFormed() ? joined : textOfBytes(bytesOfText(joined));
}

/** Order of the bytes of two texts. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const a = bytesOfText(left);
  const b = bytesOfText(right);
  for (let index = 0; index < a.length && index < b.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Remembers that `array` holds the bytes of `text`. */
export function markBytes(array: readonly Value[], text: string): readonly Value[] {
  byteArrays.set(array, text);
  return array;
}

/** The text of an array that `markBytes` has marked. */
export function bytesValueText(value: Value): string | undefined {
  return isArray(value) ? byteArrays.get(value) : undefined;
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return false;
  return true;
}

function decodeLossless(bytes: Uint8Array): string {
  let text = "";
  let index = 0;
  while (index < bytes.length) {
    const length = sequenceLength(bytes, index);
    if (length === 0) text += String.fromCharCode(byteEscape + (bytes[index++] ?? 0));
    else {
      text += decoder.decode(bytes.subarray(index, index + length));
      index += length;
    }
  }
  return text;
}

/** Length of the valid UTF-8 sequence at `index`, 0 when there is none. */
function sequenceLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || index + length > bytes.length) return 0;
  try {
    decoder.decode(bytes.subarray(index, index + length));
    return length;
  } catch {
    return 0;
  }
}
