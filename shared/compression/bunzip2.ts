import { BitReader } from "./bit-reader.ts";
import { type Bzip2Block, InvalidBzip2, readBlock } from "./bzip2-block.ts";

const headerBytes = 4;
const blockMagic = 0x314159265359;
const endMagic = 0x177245385090;
const chunkBytes = 65_536;
/** A compressed block is never longer than its content and this much more. */
const slackBytes = 65_536;

/**
 * Decompresses bzip2, several streams behind one another too, in pieces of 64 KiB at most. A block of 900 kB is decoded at once; what is
 * held is one block and what was fed. Throws an `InvalidBzip2`.
 */
export async function* bunzip2(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let bit = 0;
  let level = 0;
  for await (const bytes of withEnd(source)) {
    const isEnd = bytes === undefined;
    rest = isEnd ? rest : Buffer.concat([rest, bytes]);
    while (rest.length > 0 && (isEnd || rest.length > (level || 9) * 100_000 + slackBytes)) {
      const reader = new BitReader(rest, bit);
      if (level === 0) level = readHeader(reader);
      const magic = reader.bits(24) * 2 ** 24 + reader.bits(24);
      if (magic === blockMagic) yield* chunks(readBlock(reader, level * 100_000));
      else if (magic === endMagic) {
        reader.bits(32);
        reader.alignToByte();
        level = 0;
      } else throw new InvalidBzip2("neither a block nor the end follows where one must");
      if (reader.isPastEnd) throw new InvalidBzip2("it is cut off");
      rest = rest.subarray(reader.position >> 3);
      bit = reader.position & 7;
      if (level === 0 && rest.length < headerBytes) break;
    }
  }
  if (level !== 0) throw new InvalidBzip2("it is cut off");
}

async function* withEnd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | undefined> {
  yield* source;
  yield undefined;
}

function readHeader(reader: BitReader): number {
  const isHeader = reader.bits(8) === 0x42 && reader.bits(8) === 0x5a && reader.bits(8) === 0x68;
  const level = reader.bits(8) - 0x30;
  if (!isHeader || level < 1 || level > 9) throw new InvalidBzip2("it does not begin as bzip2 does");
  return level;
}

/** Undoes the first step of bzip2: after four equal bytes comes how many more there are. */
function* chunks({ bytes, crc }: Bzip2Block): Generator<Buffer> {
  let out = Buffer.allocUnsafe(chunkBytes);
  let at = 0;
  let sum = 0xffffffff;
  let last = -1;
  let run = 0;
  for (const byte of bytes) {
    let count = 1;
    if (run === 4) {
      count = byte;
      run = 0;
    } else {
      run = byte === last ? run + 1 : 1;
      last = byte;
    }
    for (; count > 0; count -= 1) {
      sum = (sum << 8) ^ (crcTable[(sum >>> 24) ^ last] ?? 0);
      out[at++] = last;
      if (at < chunkBytes) continue;
      yield out;
      out = Buffer.allocUnsafe(chunkBytes);
      at = 0;
    }
    if (run === 0) last = -1;
  }
  if (at > 0) yield out.subarray(0, at);
  if (~sum >>> 0 !== crc) throw new InvalidBzip2("its checksum does not match: it is damaged");
}

/** CRC-32 with the highest bit first, as bzip2 has it. */
const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});
