import { writeLength } from "../wire/varint.ts";

/** Copies reach back at most this far, and a block is compressed by itself (google/snappy format_description.txt). */
const blockBytes = 65_536;
const hashBits = 14;
/** The end of a block is written as it is: there four bytes may not be readable at once. */
const marginBytes = 15;
/** Room for the worst case is kept for the next call up to this size: a new one each time would be garbage outside the heap. */
const maxKeptBytes = 4 * 2 ** 20;
/** A view of less costs more than to copy it byte by byte. */
const maxLoopBytes = 24;
const table = new Uint16Array(2 ** hashBits);
let kept = new Uint8Array(0);

/** Compresses into one snappy block, as remote write and Loki take it; the inverse is `unsnappy`. */
export function snappy(bytes: Uint8Array): Uint8Array {
  // The worst case of the reference implementation.
  const worst = 32 + bytes.length + Math.floor(bytes.length / 6);
  const out = worst <= kept.length ? kept : new Uint8Array(worst);
  if (worst <= maxKeptBytes) kept = out;
  const writer = new BlockWriter(bytes, out, writeLength(out, 0, bytes.length));
  for (let start = 0; start < bytes.length; start += blockBytes) {
    table.fill(0);
    compressBlock(writer, table, { start, end: Math.min(bytes.length, start + blockBytes) });
  }
  return out.slice(0, writer.at);
}

/** Where four bytes stood before in this block, they are copied from there; what does not repeat is skipped faster and faster. */
function compressBlock(writer: BlockWriter, table: Uint16Array, { start, end }: { start: number; end: number }): void {
  const { view } = writer;
  const limit = end - marginBytes;
  let literalStart = start;
  let skip = 32;
  for (let pos = start + 1; pos < limit; ) {
    const word = view.getInt32(pos, true);
    const hash = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
    const candidate = start + (table[hash] as number);
    table[hash] = pos - start;
    if (candidate >= pos || view.getInt32(candidate, true) !== word) {
      pos += skip++ >> 5;
      continue;
    }
    const length = matchLength(view, { candidate, pos, end });
    writer.literal(literalStart, pos);
    writer.copy(pos - candidate, length);
    pos += length;
    literalStart = pos;
    skip = 32;
  }
  writer.literal(literalStart, end);
}

/** How many bytes are the same, four of which are known to be; four at a time (bench/snappy.ts). */
function matchLength(view: DataView, { candidate, pos, end }: { candidate: number; pos: number; end: number }): number {
  let length = 4;
  for (; pos + length + 4 <= end; length += 4) {
    const difference = view.getInt32(pos + length, true) ^ view.getInt32(candidate + length, true);
    if (difference !== 0) return length + ((31 - Math.clz32(difference & -difference)) >> 3);
  }
  while (pos + length < end && view.getUint8(pos + length) === view.getUint8(candidate + length)) length++;
  return length;
}

class BlockWriter {
  readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly out: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, out: Uint8Array, at: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.out = out;
    this.at = at;
  }

  /** Bytes of the input as they are, at most a block of them. */
  literal(start: number, end: number): void {
    const { out } = this;
    const last = end - start - 1;
    if (last < 0) return;
    if (last < 60) out[this.at++] = last << 2;
    else if (last < 256) {
      out[this.at++] = 60 << 2;
      out[this.at++] = last;
    } else {
      out[this.at++] = 61 << 2;
      out[this.at++] = last & 255;
      out[this.at++] = last >> 8;
    }
    if (last < maxLoopBytes) for (let from = start; from < end; from++) out[this.at++] = this.bytes[from] as number;
    else {
      out.set(this.bytes.subarray(start, end), this.at);
      this.at += end - start;
    }
  }

  /** `length` bytes from `offset` back; a copy holds 64 at most, and the last one at least 4. */
  copy(offset: number, length: number): void {
    let left = length;
    for (; left >= 68; left -= 64) this.longCopy(offset, 64);
    if (left > 64) {
      this.longCopy(offset, 60);
      left -= 60;
    }
    if (left > 11 || offset >= 2048) this.longCopy(offset, left);
    else {
      this.out[this.at++] = ((offset >> 8) << 5) | ((left - 4) << 2) | 1;
      this.out[this.at++] = offset & 255;
    }
  }

  private longCopy(offset: number, length: number): void {
    this.out[this.at++] = ((length - 1) << 2) | 2;
    this.out[this.at++] = offset & 255;
    this.out[this.at++] = offset >> 8;
  }
}
