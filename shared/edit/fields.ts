import { badVarint, varintSize, varintValue } from "../wire/varint.ts";
import type { WireWriter } from "../wire/wire-writer.ts";

/** Where the walk over the fields of a message is; one object for all walks of a caller, so that none is allocated. */
export class FieldWalk {
  number = 0;
  wireType = 0;
  /** Where the field starts with its tag, where its value starts, and where both end. */
  start = 0;
  from = 0;
  to = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;

  begin(bytes: Uint8Array, from: number, end: number): void {
    this.bytes = bytes;
    this.end = end;
    this.to = from;
  }

  /** Moves to the next field; false at the end, and at bytes that are not a field. */
  next(): boolean {
    const { bytes, end } = this;
    const start = this.to;
    if (start >= end) return false;
    let at = start + 1;
    let tag = bytes[start] as number;
    if (tag >= 128) {
      const size = varintSize(bytes, start, end);
      if (size === badVarint) return false;
      tag = varintValue(bytes, start, size);
      at = start + size;
    }
    this.start = start;
    this.wireType = tag & 7;
    this.number = Math.floor(tag / 8);
    this.from = at;
    switch (this.wireType) {
      case 0: {
        const size = varintSize(bytes, at, end);
        this.to = at + size;
        return size !== badVarint;
      }
      case 1:
        this.to = at + 8;
        return this.to <= end;
      case 2: {
        const size = varintSize(bytes, at, end);
        this.from = at + size;
        this.to = this.from + varintValue(bytes, at, size);
        return size !== badVarint && this.to <= end;
      }
      case 5:
        this.to = at + 4;
        return this.to <= end;
      default:
        return false;
    }
  }
}

/** The signed 64-bit integer of a varint. */
export function readInt64(bytes: Uint8Array, from: number, to: number): bigint {
  const first = bytes[from] as number;
  if (first < 128) return BigInt(first);
  if (to - from <= 7) return BigInt(varintValue(bytes, from, to - from));
  let value = 0n;
  for (let at = to - 1; at >= from; at--) value = (value << 7n) | BigInt((bytes[at] as number) & 127);
  return BigInt.asIntN(64, value);
}

/** The unsigned 64-bit integer of eight bytes, little-endian. */
export function readFixed64(bytes: Uint8Array, from: number): bigint {
  return (BigInt(readFixed32(bytes, from + 4)) << 32n) | BigInt(readFixed32(bytes, from));
}

/** The unsigned 32-bit integer of four bytes, little-endian. */
export function readFixed32(bytes: Uint8Array, from: number): number {
  const [a, b, c, d] = [bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]] as [
    number,
    number,
    number,
    number,
  ];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

const scratch = new DataView(new ArrayBuffer(8));

/** The double of eight bytes. */
export function readDouble(bytes: Uint8Array, from: number): number {
  for (let at = 0; at < 8; at++) scratch.setUint8(at, bytes[from + at] as number);
  return scratch.getFloat64(0, true);
}

/** Writes the low 64 bits of an integer as a varint. */
export function writeInt64(writer: WireWriter, value: bigint): void {
  writer.ensure(10);
  writer.varint(Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn));
}

/** Writes the low 64 bits of an integer in eight bytes. */
export function writeFixed64(writer: WireWriter, value: bigint): void {
  writer.ensure(8);
  writer.fixed64(Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn));
}
