/** The first bytes of what is added, up to a limit; copies. */
export class FirstBytes {
  private readonly max: number;
  private readonly parts: Buffer[] = [];
  private size = 0;

  constructor(max: number) {
    this.max = max;
  }

  get isFull(): boolean {
    return this.size >= this.max;
  }

  add(bytes: Uint8Array): void {
    if (this.isFull || bytes.length === 0) return;
    const part = Buffer.from(bytes.subarray(0, this.max - this.size));
    this.parts.push(part);
    this.size += part.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }
}
