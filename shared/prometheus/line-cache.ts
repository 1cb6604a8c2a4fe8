const INITIAL_BYTES = 4_096;
const INITIAL_SLOTS = 256;
const FORGOTTEN = -1;
const NOTHING = new Uint8Array(0);

/** A text seen before, with what was made of it. */
export interface CachedLine<T> {
  /** Undefined for a line of metadata. */
  value: T | undefined;
  /** The type of the family under which it was read, where that changed a label (`le`, `quantile`). */
  typed: number;
  /** For a `# TYPE` line: the number of the type that it sets; -1 for others. */
  readonly setsType: number;
  /** The parse in which it was last seen. */
  seen: number;
  next: CachedLine<T> | undefined;
  /** Where its bytes are in the cache. */
  offset: number;
  readonly length: number;
  readonly hash: number;
  sameHash: CachedLine<T> | undefined;
}

/** What belongs to a line as it is added. */
export interface NewLine<T> {
  readonly value: T | undefined;
  readonly typed: number;
  readonly setsType: number;
}

/**
 * Lines of one target by their bytes. Targets write their lines in the same order each time, so the line after the last
 * one is compared first (`predicted`), and only where that fails a hash is looked up. The bytes lie one behind another.
 */
export class LineCache<T> {
  size = 0;
  private bytes = new Uint8Array(INITIAL_BYTES);
  private view = new DataView(this.bytes.buffer);
  private body: Uint8Array = NOTHING;
  private bodyView = new DataView(this.body.buffer);
  private used = 0;
  private garbage = 0;
  private slots: (CachedLine<T> | undefined)[] = new Array(INITIAL_SLOTS).fill(undefined);
  private readonly first: CachedLine<T> = blank();
  private previous: CachedLine<T> = this.first;

  /** Starts at the first line again, with the text that the other calls are about. */
  rewind(body: Uint8Array): void {
    this.previous = this.first;
    this.body = body;
    this.bodyView = new DataView(body.buffer, body.byteOffset, body.length);
  }

  /** Lets go of the text: what is held from one scrape to the next is only freed by a full garbage collection. */
  release(): void {
    this.rewind(NOTHING);
  }

  /** The line that is expected here, if the text goes on with it. */
  predicted(at: number): CachedLine<T> | undefined {
    const line = this.previous.next;
    if (line === undefined || line.seen === FORGOTTEN || at + line.length > this.body.length || !this.isAt(line, at)) {
      return undefined;
    }
    return line;
  }

  /** The line with exactly these bytes. */
  find(start: number, end: number): CachedLine<T> | undefined {
    const hash = hashOf(this.body, start, end);
    let line = this.slots[hash & (this.slots.length - 1)];
    while (line && (line.hash !== hash || line.length !== end - start || !this.isAt(line, start))) {
      line = line.sameHash;
    }
    return line;
  }

  /** Remembers that this line came after the one before it. */
  follow(line: CachedLine<T>): void {
    this.previous.next = line;
    this.previous = line;
  }

  /** Adds a line that `find` did not know. */
  add(start: number, end: number, given: NewLine<T>): CachedLine<T> {
    const { body } = this;
    const length = end - start;
    this.reserve(length);
    this.bytes.set(body.subarray(start, end), this.used);
    const hash = hashOf(body, start, end);
    const slot = hash & (this.slots.length - 1);
    const line: CachedLine<T> = {
      value: given.value,
      typed: given.typed,
      setsType: given.setsType,
      seen: 0,
      next: undefined,
      offset: this.used,
      length,
      hash,
      sameHash: this.slots[slot],
    };
    this.slots[slot] = line;
    this.used += length;
    this.size++;
    if (this.size > this.slots.length) {
      this.rehash(this.slots.length * 2);
    }
    return line;
  }

  /** Forgets the lines that were not seen in this parse, of `count` that were, and tells each one that had a value. */
  sweep(seen: number, count: number, gone: (value: T) => void): void {
    if (count === this.size) {
      return;
    }
    for (let slot = 0; slot < this.slots.length; slot++) {
      let kept: CachedLine<T> | undefined;
      for (let line = this.slots[slot]; line; ) {
        const after: CachedLine<T> | undefined = line.sameHash;
        if (line.seen === seen) {
          line.sameHash = kept;
          kept = line;
        } else {
          this.size--;
          this.garbage += line.length;
          line.seen = FORGOTTEN;
          line.next = undefined;
          if (line.value !== undefined) {
            gone(line.value);
          }
        }
        line = after;
      }
      this.slots[slot] = kept;
    }
    if (this.garbage > this.used / 2) {
      this.compact();
    }
  }

  /** Every value that is remembered. */
  *values(): IterableIterator<T> {
    for (let line of this.slots) {
      for (; line; line = line.sameHash) {
        if (line.value !== undefined) {
          yield line.value;
        }
      }
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.hold(new Uint8Array(INITIAL_BYTES));
    this.used = 0;
    this.garbage = 0;
    this.size = 0;
    this.slots = new Array(INITIAL_SLOTS).fill(undefined);
    this.first.next = undefined;
    this.previous = this.first;
  }

  private isAt(line: CachedLine<T>, at: number): boolean {
    const { view, bodyView } = this;
    const { offset, length } = line;
    let i = length;
    // Four bytes at a time, from the end: neighbours differ in their last labels. Quicker than a call of
    // `Buffer.compare` for texts of this length (bench/exposition.ts).
    for (; i >= 4; i -= 4) {
      if (view.getInt32(offset + i - 4) !== bodyView.getInt32(at + i - 4)) {
        return false;
      }
    }
    while (--i >= 0) {
      if (view.getUint8(offset + i) !== bodyView.getUint8(at + i)) {
        return false;
      }
    }
    return true;
  }

  private reserve(length: number): void {
    if (this.used + length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 1.5, this.used + length));
      grown.set(this.bytes.subarray(0, this.used));
      this.hold(grown);
    }
  }

  private hold(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  private rehash(count: number): void {
    const old = this.slots;
    this.slots = new Array(count).fill(undefined);
    for (let line of old) {
      while (line) {
        const after: CachedLine<T> | undefined = line.sameHash;
        const slot = line.hash & (count - 1);
        line.sameHash = this.slots[slot];
        this.slots[slot] = line;
        line = after;
      }
    }
  }

  private compact(): void {
    const compacted = new Uint8Array(Math.max(INITIAL_BYTES, Math.ceil((this.used - this.garbage) * 1.25)));
    let used = 0;
    for (let line of this.slots) {
      for (; line; line = line.sameHash) {
        compacted.set(this.bytes.subarray(line.offset, line.offset + line.length), used);
        line.offset = used;
        used += line.length;
      }
    }
    this.hold(compacted);
    this.used = used;
    this.garbage = 0;
  }
}

function blank<T>(): CachedLine<T> {
  return {
    value: undefined,
    typed: -1,
    setsType: -1,
    seen: 0,
    next: undefined,
    offset: 0,
    length: 0,
    hash: 0,
    sameHash: undefined,
  };
}

/** FNV-1a, 32 bits, with its low bits mixed. */
function hashOf(body: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ (body[at] as number), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
