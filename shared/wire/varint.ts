/** A varint that is not one: cut off, longer than ten bytes, or with more than 64 bits. */
export const badVarint = 0;

/** Length in bytes of the varint at `pos`, at most 10, or `badVarint`. Nothing is read at or past `end`. */
export function varintSize(bytes: Uint8Array, pos: number, end: number): number {
  if (pos < end && (bytes[pos] as number) < 128) return 1;
  const limit = Math.min(end, pos + 10);
  for (let at = pos; at < limit; at++) {
    const byte = bytes[at] as number;
    // The tenth byte holds the 64th bit alone.
    if (byte < 128) return at - pos === 9 && byte > 1 ? badVarint : at - pos + 1;
  }
  return badVarint;
}

/** The value of a varint of `size` bytes: exact below 2^53, and above it never mistaken for a smaller number. */
export function varintValue(bytes: Uint8Array, pos: number, size: number): number {
  if (size === 1) return bytes[pos] as number;
  let value = 0;
  for (let at = pos + size - 1; at >= pos; at--) value = value * 128 + ((bytes[at] as number) & 127);
  return value;
}

/** How many bytes the varint of a length takes. */
export function lengthSize(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x4000) return 2;
  let size = 1;
  for (let rest = length; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a length as a varint at `pos` and returns the position after it. */
export function writeLength(bytes: Uint8Array, pos: number, length: number): number {
  let rest = length;
  let at = pos;
  // Numbers of 32 bits need no division.
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128;
  for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
  bytes[at++] = rest;
  return at;
}
