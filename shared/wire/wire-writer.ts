import { lengthSize, writeLength } from "./varint.ts";

/** Thrown by a writer that would pass its limit; caught by the parser that owns it. */
export class WriterFull extends Error {}

/**
 * Writes protobuf into a buffer that grows. Lengths of nested messages are put in when the message closes: `open`
 * leaves the usual room for one, and `close` moves the message where that was wrong.
 */
export class WireWriter {
  bytes: Uint8Array;
  at = 0;
  view: DataView;
  private readonly maxBytes: number;

  /** Throws `WriterFull` rather than grow beyond `maxBytes`, which counts the room that is asked for. */
  constructor(capacity: number, maxBytes: number) {
    this.maxBytes = maxBytes;
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `size` more bytes. */
  ensure(size: number): void {
    if (this.at + size > this.bytes.length) this.grow(size);
  }

  /** Writes a tag of one or two bytes: field numbers up to 2047. Needs room for 2. */
  tag(tag: number): void {
    if (tag >= 128) {
      this.bytes[this.at++] = (tag & 127) | 128;
      this.bytes[this.at++] = tag >> 7;
    } else this.bytes[this.at++] = tag;
  }

  /** Writes the length of what follows. Needs room for 5. */
  length(length: number): void {
    if (length < 128) this.bytes[this.at++] = length;
    else this.at = writeLength(this.bytes, this.at, length);
  }

  /** Writes 64 bits, given as unsigned halves, as a varint. Needs room for 10. */
  varint(high: number, low: number): void {
    const bytes = this.bytes;
    let at = this.at;
    let [rest, above] = [low, high];
    while (above > 0 || rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest = ((rest >>> 7) | (above << 25)) >>> 0;
      above >>>= 7;
    }
    bytes[at++] = rest;
    this.at = at;
  }

  /** Writes 32 bits, little-endian. Needs room for 4. */
  fixed32(low: number): void {
    this.view.setUint32(this.at, low, true);
    this.at += 4;
  }

  /** Writes 64 bits, little-endian. Needs room for 8. */
  fixed64(high: number, low: number): void {
    this.view.setUint32(this.at, low, true);
    this.view.setUint32(this.at + 4, high, true);
    this.at += 8;
  }

  /** Needs room for 8. */
  double(value: number): void {
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** Leaves `room` bytes for a length and returns where the content starts. */
  open(room: number): number {
    this.ensure(room);
    this.at += room;
    return this.at;
  }

  /** Puts the length of what was written since `open(room)` in front of it. */
  close(start: number, room: number): void {
    const length = this.at - start;
    const size = length < 128 ? 1 : lengthSize(length);
    if (size !== room) {
      this.ensure(size);
      this.bytes.copyWithin(start - room + size, start, this.at);
      this.at += size - room;
    }
    writeLength(this.bytes, start - room, length);
  }

  /** What was written, in a buffer of its own. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  private grow(size: number): void {
    if (this.at + size > this.maxBytes) throw new WriterFull();
    const grown = new Uint8Array(Math.min(Math.max(this.bytes.length * 2, this.at + size), this.maxBytes));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
