const space = 0x20;
const equals = 0x3d;
const quote = 0x22;
const backslash = 0x5c;
/** Bytes of a word: neither blank nor `=` nor a quote. */
const isWord = new Uint8Array(256).fill(1, space + 1);
isWord[equals] = 0;
isWord[quote] = 0;
/** A value with no text: of a key alone. */
const noValue = -1;

/** Reads the pairs of a line of logfmt that is bytes, one after the other, as `parseLogfmt` does. */
export class LogfmtScan {
  keyFrom = 0;
  keyTo = 0;
  /** Without the quotes; both -1 of a key alone. */
  valueFrom = 0;
  valueTo = 0;
  /** Whether the value has escapes. */
  isEscaped = false;
  private block: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;

  begin(block: Buffer, from: number, to: number): void {
    this.block = block;
    this.at = from;
    this.end = to;
  }

  /** False at the end, or in front of something that is not logfmt. */
  next(): boolean {
    const { block, end } = this;
    let { at } = this;
    while (at < end && (block[at] as number) <= space) at += 1;
    if (at >= end) return false;
    this.keyFrom = at;
    while (at < end && isWord[block[at] as number] === 1) at += 1;
    this.keyTo = at;
    const stopped = at < end ? block[at] : space;
    if (at === this.keyFrom || stopped === quote) return false;
    this.isEscaped = false;
    if (stopped !== equals) {
      this.valueFrom = noValue;
      this.valueTo = noValue;
      this.at = at;
      return true;
    }
    at += 1;
    if (at < end && block[at] === quote) return this.quoted(at + 1);
    this.valueFrom = at;
    while (at < end && isWord[block[at] as number] === 1) at += 1;
    this.valueTo = at;
    this.at = at;
    return at >= end || (block[at] as number) <= space;
  }

  private quoted(from: number): boolean {
    const { block, end } = this;
    for (let at = from; at < end; at += 1) {
      const byte = block[at];
      // A value ends with its line.
      if (byte === 0x0a) return false;
      if (byte === backslash) {
        this.isEscaped = true;
        at += 1;
        if (block[at] === 0x0a) return false;
      } else if (byte === quote) {
        this.valueFrom = from;
        this.valueTo = at;
        this.at = at + 1;
        return true;
      }
    }
    return false;
  }
}
