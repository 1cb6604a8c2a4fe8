import { badVarint, varintSize, varintValue } from "./varint.ts";

/**
 * Walks the fields of one message without allocating. Made for bytes that passed `scan`; on others `next` returns false
 * at the first field that is not whole. Never reads outside `start` to `end`.
 */
export class FieldCursor {
  readonly bytes: Uint8Array;
  end: number;
  /** Of the current field: its number and wire type, where its tag starts, where its value starts and ends. */
  number = 0;
  wireType = 0;
  fieldStart = 0;
  valueStart = 0;
  valueEnd: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.valueEnd = start;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    const start = this.valueEnd;
    this.fieldStart = start;
    if (start >= this.end) return false;
    let tag = this.bytes[start] as number;
    let valueStart = start + 1;
    if (tag >= 128) {
      const size = varintSize(this.bytes, start, this.end);
      if (size === badVarint) return false;
      tag = varintValue(this.bytes, start, size);
      valueStart = start + size;
    }
    this.valueStart = valueStart;
    // Not a shift: a tag may have 32 bits.
    this.number = tag < 128 ? tag >> 3 : Math.floor(tag / 8);
    this.wireType = tag & 7;
    return this.number > 0 && this.findEnd();
  }

  /** Goes on inside the current field, a message; returns what `leave` needs. */
  enter(): number {
    const outerEnd = this.end;
    this.end = this.valueEnd;
    this.valueEnd = this.valueStart;
    return outerEnd;
  }

  /** Goes on behind the message that was entered. */
  leave(outerEnd: number): void {
    this.valueEnd = this.end;
    this.end = outerEnd;
  }

  private findEnd(): boolean {
    switch (this.wireType) {
      case 0: {
        const size = varintSize(this.bytes, this.valueStart, this.end);
        this.valueEnd = this.valueStart + size;
        return size !== badVarint;
      }
      case 1:
        this.valueEnd = this.valueStart + 8;
        return this.valueEnd <= this.end;
      case 2: {
        const size = varintSize(this.bytes, this.valueStart, this.end);
        const length = varintValue(this.bytes, this.valueStart, size);
        this.valueStart += size;
        this.valueEnd = this.valueStart + length;
        return size !== badVarint && this.valueEnd <= this.end;
      }
      case 5:
        this.valueEnd = this.valueStart + 4;
        return this.valueEnd <= this.end;
      default:
        return false;
    }
  }
}
