import { ByteRoom } from "./byte-room.ts";
import type { TextRange } from "./text-of.ts";

const [backslash, lowerU] = [0x5c, 0x75];
const meant = new Uint8Array(256);
for (const [letter, byte] of ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"]) {
  meant[letter?.charCodeAt(0) ?? 0] = byte?.charCodeAt(0) ?? 0;
}
/** Of all: nothing in it is written over. */
const room = new ByteRoom();
/** From here on one call is cheaper than a loop. */
const minCopied = 48;

/**
 * What the inside of a string of valid JSON means, whose first backslash stands at `escapeAt`. Undefined for a half of a surrogate pair
 * alone, which has no UTF-8.
 */
export function jsonText({ block, from, to }: TextRange, escapeAt: number): TextRange | undefined {
  // Escapes are never shorter than what they mean.
  room.reserve(to - from);
  const into = room.block;
  const start = room.at;
  let end = start;
  let at = from;
  if (escapeAt - at >= minCopied) {
    block.copy(into, end, at, escapeAt);
    end += escapeAt - at;
    at = escapeAt;
  }
  while (at < to) {
    const byte = block[at] as number;
    if (byte !== backslash) {
      into[end++] = byte;
      at += 1;
      continue;
    }
    const letter = block[at + 1] as number;
    if (letter !== lowerU) {
      into[end++] = meant[letter] as number;
      at += 2;
      continue;
    }
    let unit = unitAt(block, at + 2);
    at += 6;
    if (unit >= 0xd800 && unit < 0xe000) {
      if (unit >= 0xdc00 || block[at] !== backslash || block[at + 1] !== lowerU) return undefined;
      const low = unitAt(block, at + 2);
      if (low < 0xdc00 || low >= 0xe000) return undefined;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      at += 6;
    }
    end = writeCodePoint(unit, into, end);
  }
  room.at = end;
  return { block: into, from: start, to: end };
}

function unitAt(bytes: Buffer, from: number): number {
  let unit = 0;
  for (let at = from; at < from + 4; at += 1) {
    const byte = bytes[at] as number;
    unit = unit * 16 + (byte < 0x40 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return unit;
}

function writeCodePoint(point: number, into: Buffer, from: number): number {
  let at = from;
  if (point < 0x80) into[at++] = point;
  else {
    if (point < 0x800) into[at++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) into[at++] = 0xe0 | (point >> 12);
      else {
        into[at++] = 0xf0 | (point >> 18);
        into[at++] = 0x80 | ((point >> 12) & 0x3f);
      }
      into[at++] = 0x80 | ((point >> 6) & 0x3f);
    }
    into[at++] = 0x80 | (point & 0x3f);
  }
  return at;
}
