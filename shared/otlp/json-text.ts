const notHex = 255;
const hexDigits = new Uint8Array(256).fill(notHex);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  hexDigits[digit.charCodeAt(0)] = value;
  hexDigits[digit.toUpperCase().charCodeAt(0)] = value;
}

const notBase64 = 255;
const base64Digits = new Uint8Array(256).fill(notBase64);
const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
for (const [value, digit] of [...`${base64Alphabet}+/`].entries()) base64Digits[digit.charCodeAt(0)] = value;
// The URL-safe alphabet has two other digits (RFC 4648, section 5); ProtoJSON takes both.
base64Digits["-".charCodeAt(0)] = 62;
base64Digits["_".charCodeAt(0)] = 63;
const padding = 0x3d;

/** Text as a reader leaves it: the bytes of `text` from `start` to `stop`. */
interface Text {
  readonly text: Uint8Array;
  readonly start: number;
  readonly stop: number;
}

/** The value of four hexadecimal digits at `at`, or a negative number. */
export function hex4(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) {
    const digit = hexDigits[bytes[index] ?? 0] as number;
    if (digit === notHex) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Writes the bytes that hexadecimal digits stand for; false where one is not a digit. */
export function writeHex({ text, start, stop }: Text, to: { bytes: Uint8Array; at: number }): boolean {
  const target = to.bytes;
  let at = to.at;
  let valid = 0;
  for (let from = start; from < stop; from += 2) {
    const high = hexDigits[text[from] as number] as number;
    const low = hexDigits[text[from + 1] as number] as number;
    valid |= high | low;
    target[at++] = (high << 4) | low;
  }
  to.at = at;
  return valid < 16;
}

/** How many bytes base64 stands for, padded or not; -1 where its length is impossible. */
export function base64Size(from: Text): number {
  const size = from.stop - from.start;
  const digits = base64End(from) - from.start;
  return (digits !== size && size % 4 !== 0) || digits % 4 === 1 ? -1 : Math.floor((digits * 3) / 4);
}

/** Writes the bytes that base64 of either alphabet stands for (RFC 4648); false where a character is of neither. */
export function writeBase64(from: Text, to: { readonly bytes: Uint8Array; at: number }): boolean {
  const end = base64End(from);
  let bits = 0;
  let held = 0;
  for (let at = from.start; at < end; at++) {
    const digit = base64Digits[from.text[at] as number] as number;
    if (digit === notBase64) return false;
    bits = ((bits << 6) | digit) & 0xfff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      to.bytes[to.at++] = bits >> held;
    }
  }
  return true;
}

/** Writes a code point as UTF-8 and returns the position after it. */
export function writeUtf8(target: Uint8Array, at: number, character: number): number {
  if (character < 0x80) {
    target[at] = character;
    return at + 1;
  }
  if (character < 0x800) {
    target[at] = 0xc0 | (character >> 6);
    target[at + 1] = 0x80 | (character & 0x3f);
    return at + 2;
  }
  if (character < 0x10000) {
    target[at] = 0xe0 | (character >> 12);
    target[at + 1] = 0x80 | ((character >> 6) & 0x3f);
    target[at + 2] = 0x80 | (character & 0x3f);
    return at + 3;
  }
  target[at] = 0xf0 | (character >> 18);
  target[at + 1] = 0x80 | ((character >> 12) & 0x3f);
  target[at + 2] = 0x80 | ((character >> 6) & 0x3f);
  target[at + 3] = 0x80 | (character & 0x3f);
  return at + 4;
}

function base64End({ text, start, stop }: Text): number {
  let end = stop;
  while (end > start && end > stop - 2 && text[end - 1] === padding) end--;
  return end;
}
