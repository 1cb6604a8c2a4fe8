import { badVarint, varintSize, varintValue } from "./varint.ts";

/**
 * Walks the fields of one message without allocating. Made for bytes that passed `scan`; on others `next` returns false
 * at the first field that is not whole. Never reads outside `start` to `end`.
 */
export class FieldCursor {
  readonly bytes: Uint8Array;
  readonly end: number;
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
    this.fieldStart = this.valueEnd;
    const tagSize = varintSize(this.bytes, this.fieldStart, this.end);
    if (tagSize === badVarint) return false;
    const tag = varintValue(this.bytes, this.fieldStart, tagSize);
    this.number = Math.floor(tag / 8);
    this.wireType = tag % 8;
    this.valueStart = this.fieldStart + tagSize;
    return this.number > 0 && this.findEnd();
  }

  private findEnd(): boolean {
    if (this.wireType === 1) this.valueEnd = this.valueStart + 8;
    else if (this.wireType === 5) this.valueEnd = this.valueStart + 4;
    else {
      if (this.wireType !== 0 && this.wireType !== 2) return false;
      const size = varintSize(this.bytes, this.valueStart, this.end);
      if (size === badVarint) return false;
      this.valueEnd = this.valueStart + size;
      if (this.wireType === 2) {
        const length = varintValue(this.bytes, this.valueStart, size);
        this.valueStart += size;
        this.valueEnd = this.valueStart + length;
      }
    }
    return this.valueEnd <= this.end;
  }
}
