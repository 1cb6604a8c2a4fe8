import type { NewRecord } from "./record.ts";

/** Most bytes of bodies that are held for one queue. */
const maxBytes = 2 * 2 ** 20;

/**
 * Bodies that were appended, and are on the disk, until they are received for the first time: who is at the end of the queue reads
 * nothing back. What there is no room for is read from the disk.
 */
export class Tail {
  readonly #records = new Map<number, NewRecord>();
  #bytes = 0;

  hold(sequence: number, record: NewRecord): void {
    if (this.#bytes + record.bytes.length > maxBytes) return;
    this.#records.set(sequence, record);
    this.#bytes += record.bytes.length;
  }

  /** Whether it is in memory: its first receive is then written with its deletion, or by the next upkeep. */
  holds(sequence: number): boolean {
    return this.#records.has(sequence);
  }

  /** The record, which is not held any more; undefined where it is on the disk only. */
  take(sequence: number): NewRecord | undefined {
    const record = this.#records.get(sequence);
    if (record) {
      this.#records.delete(sequence);
      this.#bytes -= record.bytes.length;
    }
    return record;
  }
}
