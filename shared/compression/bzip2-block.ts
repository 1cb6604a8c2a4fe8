import type { BitReader } from "./bit-reader.ts";

/** What is not bzip2, or is damaged. */
export class InvalidBzip2 extends Error {}

/** The content of a block before runs are undone, and the checksum of what it stands for. */
export interface Bzip2Block {
  readonly bytes: Uint8Array;
  readonly crc: number;
}

const maxCodeBits = 20;
const groupSymbols = 50;
const maxSelectors = 18_002;

/** A code of Huffman in the form that its decoder needs: how many symbols are up to each length, and the symbols in order. */
interface Code {
  readonly limits: Int32Array;
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
  readonly minBits: number;
}

/** Reads a block behind its magic number. Throws an `InvalidBzip2`; what is cut off may read as zeros. */
export function readBlock(reader: BitReader, maxBytes: number): Bzip2Block {
  const crc = reader.bits(16) * 65_536 + reader.bits(16);
  if (reader.bits(1) === 1) throw new InvalidBzip2("a randomised block, as only very old versions wrote, is not read");
  const origin = reader.bits(24);
  const used = usedBytes(reader);
  const codeCount = reader.bits(3);
  const selectorCount = reader.bits(15);
  if (used.length === 0 || codeCount < 2 || codeCount > 6 || selectorCount === 0) throw new InvalidBzip2("a bad block");
  const selectors = readSelectors(reader, selectorCount, codeCount);
  const codes = Array.from({ length: codeCount }, () => readCode(reader, used.length + 2));
  const table = readSymbols(reader, { used, selectors, codes, maxBytes });
  if (origin >= table.length) throw new InvalidBzip2("a bad block");
  return { bytes: undoSorting(table, origin), crc };
}

function usedBytes(reader: BitReader): number[] {
  const used: number[] = [];
  const groups = reader.bits(16);
  for (let group = 0; group < 16; group += 1) {
    if ((groups & (0x8000 >> group)) === 0) continue;
    const members = reader.bits(16);
    for (let member = 0; member < 16; member += 1) if (members & (0x8000 >> member)) used.push(group * 16 + member);
  }
  return used;
}

function readSelectors(reader: BitReader, count: number, codes: number): Uint8Array {
  const order = Array.from({ length: codes }, (_, index) => index);
  const selectors = new Uint8Array(Math.min(count, maxSelectors));
  for (let index = 0; index < count; index += 1) {
    let place = 0;
    while (reader.bits(1) === 1) if (++place >= codes) throw new InvalidBzip2("a bad selector");
    const [code = 0] = order.splice(place, 1);
    order.unshift(code);
    // Some writers write more than can be used.
    if (index < maxSelectors) selectors[index] = code;
  }
  return selectors;
}

function readCode(reader: BitReader, symbols: number): Code {
  const lengths = new Uint8Array(symbols);
  let length = reader.bits(5);
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    while (reader.bits(1) === 1) length += reader.bits(1) === 0 ? 1 : -1;
    if (length < 1 || length > maxCodeBits) throw new InvalidBzip2("a bad code length");
    lengths[symbol] = length;
  }
  return codeOf(lengths);
}

function codeOf(lengths: Uint8Array): Code {
  const counts = new Int32Array(maxCodeBits + 2);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const symbols = Uint16Array.from([...lengths.keys()].sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b));
  const limits = new Int32Array(maxCodeBits + 2).fill(-1);
  const bases = new Int32Array(maxCodeBits + 2);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= maxCodeBits; length += 1) {
    const count = counts[length] ?? 0;
    bases[length] = index - code;
    code += count;
    index += count;
    limits[length] = count > 0 ? code - 1 : -1;
    code <<= 1;
  }
  return { limits, bases, symbols, minBits: Math.min(...lengths) };
}

function readSymbol(reader: BitReader, { limits, bases, symbols, minBits }: Code): number {
  let length = minBits;
  let code = reader.bits(length);
  while (code > (limits[length] ?? -1)) {
    if (++length > maxCodeBits) throw new InvalidBzip2("a bad symbol");
    code = code * 2 + reader.bits(1);
  }
  return symbols[code + (bases[length] ?? 0)] ?? 0;
}

interface Symbols {
  readonly used: number[];
  readonly selectors: Uint8Array;
  readonly codes: readonly Code[];
  readonly maxBytes: number;
}

/** Undoes Huffman, runs of zeros and move-to-front: the last column of the sorted block. */
function readSymbols(reader: BitReader, { used, selectors, codes, maxBytes }: Symbols): Uint8Array {
  const out = new Uint8Array(maxBytes);
  const order = Uint8Array.from(used);
  const end = used.length + 1;
  let at = 0;
  let run = 0;
  let weight = 1;
  for (let index = 0; ; index += 1) {
    const code = codes[selectors[Math.floor(index / groupSymbols)] ?? 7];
    if (code === undefined || reader.isPastEnd) throw new InvalidBzip2("it is cut off or damaged");
    const symbol = readSymbol(reader, code);
    if (symbol <= 1) {
      run += weight << symbol;
      weight *= 2;
      if (at + run > maxBytes) throw new InvalidBzip2("a block is longer than its header says");
      continue;
    }
    if (run > 0) out.fill(order[0] ?? 0, at, at + run);
    at += run;
    run = 0;
    weight = 1;
    if (symbol === end) return out.subarray(0, at);
    if (at >= maxBytes) throw new InvalidBzip2("a block is longer than its header says");
    const byte = order[symbol - 1] as number;
    order.copyWithin(1, 0, symbol - 1);
    order[0] = byte;
    out[at++] = byte;
  }
}

/** Undoes the sorting of all rotations (Burrows and Wheeler), given the last column and the row of the original. */
function undoSorting(last: Uint8Array, origin: number): Uint8Array {
  const starts = new Uint32Array(257);
  for (const byte of last) starts[byte + 1] = (starts[byte + 1] ?? 0) + 1;
  for (let byte = 0; byte < 256; byte += 1) starts[byte + 1] = (starts[byte + 1] ?? 0) + (starts[byte] ?? 0);
  const next = new Uint32Array(last.length);
  for (let index = 0; index < last.length; index += 1) {
    const byte = last[index] as number;
    const place = starts[byte] as number;
    next[place] = index;
    starts[byte] = place + 1;
  }
  const bytes = new Uint8Array(last.length);
  let at = next[origin] as number;
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = last[at] as number;
    at = next[at] as number;
  }
  return bytes;
}
