import { ByteRoom } from "./byte-room.ts";
import type { LineEntry } from "./line-entry.ts";
import type { TextRange } from "./text-of.ts";

const newline = 0x0a;
const carriageReturn = 0x0d;
const firstBytes = 256;
/** More than that is given back when the lines are taken. */
const maxKept = 65_536;
const empty = Buffer.alloc(0);
const room = new ByteRoom();

/** Lines that become one, with newlines between them; empty ones in front are left out. */
export class JoinedLines {
  private bytes: Buffer = empty;
  private length = 0;

  /** Adds a line, without the ends of lines that it ends with where it is `trimmed`. */
  add(entry: LineEntry, trimmed: boolean): void {
    const { block, from, to } = entry;
    const text = block === undefined ? entry.line : "";
    const size = block === undefined ? Buffer.byteLength(text) : to - from;
    const begin = this.length === 0 ? 0 : this.length + 1;
    this.reserve(begin + size);
    const { bytes } = this;
    if (begin > 0) bytes[begin - 1] = newline;
    if (block === undefined) bytes.write(text, begin);
    else block.copy(bytes, begin, from, to);
    let end = begin + size;
    if (trimmed) while (end > begin && (bytes[end - 1] === newline || bytes[end - 1] === carriageReturn)) end -= 1;
    // Of nothing at the beginning nothing becomes of it, not even its newline.
    this.length = end;
  }

  /** All of them, as bytes that stay; there are none any more. */
  take(): TextRange {
    const { bytes, length } = this;
    room.reserve(length);
    const { block, at } = room;
    bytes.copy(block, at, 0, length);
    room.at += length;
    this.length = 0;
    if (bytes.length > maxKept) this.bytes = empty;
    return { block, from: at, to: at + length };
  }

  private reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(firstBytes, size, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
