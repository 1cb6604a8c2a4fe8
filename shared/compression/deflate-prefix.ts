/**
 * The start of a raw deflate stream whose next block begins `bits` bits into a byte, 1 to 7: empty blocks that end there (RFC 1951, 3.2.6
 * and 3.2.7), so that the bytes behind are read as they are. The last byte has these bits alone.
 */
export function deflatePrefix(bits: number): Uint8Array {
  const out = new BitWriter();
  if (bits % 2 === 1) writeOddBlock(out);
  while (out.bits % 8 !== bits) writeFixedBlock(out);
  return out.bytes();
}

/** Ten bits: not the last, fixed codes, end of block. */
function writeFixedBlock(out: BitWriter): void {
  out.write(0b010, 3);
  out.write(0, 7);
}

/** 93 bits: not the last, own codes, of which only the end of block (256) and one distance exist. */
function writeOddBlock(out: BitWriter): void {
  out.write(0b100, 3);
  // 257 codes, 1 distance, all 19 lengths of lengths.
  out.write(0, 5);
  out.write(0, 5);
  out.write(15, 4);
  // In their own order: "18" (many zeros) is third, "1" eighteenth; the code of each is one bit.
  for (let at = 0; at < 19; at += 1) out.write(at === 2 || at === 17 ? 1 : 0, 3);
  // 138 and 118 zeros, then a length of 1 for the end of block and for the distance.
  out.write(1, 1);
  out.write(127, 7);
  out.write(1, 1);
  out.write(107, 7);
  out.write(0, 1);
  out.write(0, 1);
  // The end of block.
  out.write(0, 1);
}

class BitWriter {
  private readonly out: number[] = [];
  bits = 0;

  /** The lowest bit first. */
  write(value: number, count: number): void {
    for (let at = 0; at < count; at += 1) {
      if (this.bits % 8 === 0) this.out.push(0);
      const last = this.out.length - 1;
      this.out[last] = (this.out[last] ?? 0) | (((value >> at) & 1) << (this.bits % 8));
      this.bits += 1;
    }
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.out);
  }
}
