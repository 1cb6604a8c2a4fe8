const blockBytes = 65_536;
const maxShared = 16_384;

/**
 * Room for bytes that are made on the way, one behind the other in blocks of which nothing is written twice: whoever knows a block knows
 * what stands in it.
 */
export class ByteRoom {
  block: Buffer = Buffer.alloc(0);
  /** Where there is room in the block. */
  at = 0;

  /** Makes sure that so many bytes can be written from `at` on. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.block.length) return;
    this.block = Buffer.allocUnsafeSlow(bytes > maxShared ? bytes : blockBytes);
    this.at = 0;
  }
}
