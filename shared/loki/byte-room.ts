const blockBytes = 65_536;
const maxShared = 16_384;
/** The blocks that are written into. */
const growing: Buffer[] = [];

/** Whether more may yet be written into a block, behind what stands in it. */
export function isGrowing(block: Buffer): boolean {
  return growing.includes(block);
}

/**
 * Room for bytes that are made on the way, one behind the other in blocks of which nothing is written twice. For modules: there are few.
 */
export class ByteRoom {
  block: Buffer = Buffer.alloc(0);
  /** Where there is room in the block. */
  at = 0;
  private readonly place = growing.push(this.block) - 1;

  /** Makes sure that so many bytes can be written from `at` on. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.block.length) return;
    this.block = Buffer.allocUnsafeSlow(bytes > maxShared ? bytes : blockBytes);
    growing[this.place] = this.block;
    this.at = 0;
  }
}
