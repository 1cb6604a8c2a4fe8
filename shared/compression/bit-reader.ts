/** Reads bits, the highest of each byte first. Behind the end it reads zeros and says so. */
export class BitReader {
  private readonly bytes: Uint8Array;
  /** In bits. */
  position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  get isPastEnd(): boolean {
    return this.position > this.bytes.length * 8;
  }

  /** The next bits as a number, at most 24; 32 are read as two halves by the caller. */
  bits(count: number): number {
    const at = this.position >> 3;
    const { bytes } = this;
    const word =
      (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) <<
      (this.position & 7);
    this.position += count;
    return count === 0 ? 0 : word >>> (32 - count);
  }

  alignToByte(): void {
    this.position = (this.position + 7) & ~7;
  }
}
