const initialBytes = 4_096;
/**
 * Bytes live from one scrape to the next, so that only a full garbage collection frees them: where lines come and go they are used again,
 * and new ones are rare. Shares of what is needed, or used.
 */
const maxRoom = 1.7;
const newRoom = 1.1;
const growth = 1.25;
const maxGarbage = 0.15;
const maxSharedBytes = 2 ** 20;
let shared = new Uint8Array(0);

/** Where a text is. */
export interface Place {
  offset: number;
  readonly length: number;
}

/** Texts of one target, one behind another. */
export class LineBytes {
  view: DataView;
  /** Behind the last text. */
  used = 0;
  private bytes: Uint8Array<ArrayBuffer>;
  private garbage = 0;

  constructor() {
    this.bytes = new Uint8Array(initialBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** A text is not needed any more. */
  drop(length: number): void {
    this.garbage += length;
  }

  /** Makes room for `length` bytes behind the last text. `places` are those that are needed; they may change. */
  reserve(length: number, places: () => Iterable<Place>): void {
    if (this.used + length <= this.bytes.length) {
      return;
    }
    if (this.garbage > this.used * maxGarbage) {
      this.compact(this.bytes, places());
    }
    if (this.used + length > this.bytes.length) {
      const grown = new Uint8Array(Math.ceil(Math.max(this.bytes.length * growth, this.used + length)));
      grown.set(this.bytes.subarray(0, this.used));
      this.hold(grown);
    }
  }

  /** Gives room back where there is much of it. */
  trim(places: () => Iterable<Place>): void {
    const needed = this.used - this.garbage;
    if (this.bytes.length > needed * maxRoom + initialBytes) {
      this.compact(new Uint8Array(Math.ceil(needed * newRoom)), places());
    }
  }

  /** Into the same bytes or others: texts go through bytes that all targets share. */
  private compact(into: Uint8Array<ArrayBuffer>, places: Iterable<Place>): void {
    const needed = this.used - this.garbage;
    const scratch = needed <= shared.length ? shared : new Uint8Array(needed);
    if (needed <= maxSharedBytes) {
      shared = scratch;
    }
    let used = 0;
    for (const place of places) {
      scratch.set(this.bytes.subarray(place.offset, place.offset + place.length), used);
      place.offset = used;
      used += place.length;
    }
    into.set(scratch.subarray(0, used));
    this.hold(into);
    this.used = used;
    this.garbage = 0;
  }

  private hold(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
