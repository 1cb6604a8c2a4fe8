import type { Entry } from "./scan-segment.ts";
import { readSlot, type Slot, slotBytes, writeSlot } from "./slots.ts";

/**
 * Where the records of one segment stand and what became of them: 44 bytes a record, in columns. Records are numbered in
 * their order, from 0; their sequence numbers rise, with gaps where records were damaged or compacted away.
 */
export class SegmentIndex {
  readonly #base: number;
  readonly #salt: number;
  #count = 0;
  #live = 0;
  #liveBytes = 0;
  #sequences = new Float64Array(16);
  #times = new Float64Array(16);
  #offsets = new Float64Array(16);
  #sizes = new Uint32Array(16);
  #shards: (string | undefined)[] | undefined;
  /** As in the file: the slot of a sequence number stands at its distance from the base. */
  #slots = Buffer.alloc(16 * slotBytes);

  constructor(name: { readonly base: number; readonly salt: number }) {
    this.#base = name.base;
    this.#salt = name.salt;
  }

  /** Rebuilds the index of a segment from its two files. */
  static of(name: { readonly base: number; readonly salt: number }, entries: readonly Entry[], slots: Buffer) {
    const index = new SegmentIndex(name);
    for (const entry of entries)
      index.add(entry, readSlot(slots, (entry.sequence - name.base) * slotBytes, { ...entry, ...name }));
    return index;
  }

  get count(): number {
    return this.#count;
  }

  /** Records that are not deleted, and their bytes. */
  get live(): number {
    return this.#live;
  }

  get liveBytes(): number {
    return this.#liveBytes;
  }

  add(entry: Entry, slot?: Slot): void {
    const at = this.#count++;
    this.#makeRoom(at);
    this.#sequences[at] = entry.sequence;
    this.#times[at] = entry.sentAt;
    this.#offsets[at] = entry.offset;
    this.#sizes[at] = entry.bytes;
    if (entry.shard !== undefined) {
      this.#shards ??= [];
      this.#shards[at] = entry.shard;
    }
    if (slot?.isDeleted !== true) {
      this.#live += 1;
      this.#liveBytes += entry.bytes;
    }
    if (slot && (slot.isDeleted || slot.receiveCount > 0)) this.#write(entry.sequence, slot);
  }

  entry(at: number): Entry {
    const shard = this.#shards?.[at];
    return {
      sequence: this.#sequences[at] ?? Number.NaN,
      sentAt: this.#times[at] ?? Number.NaN,
      offset: this.#offsets[at] ?? Number.NaN,
      bytes: this.#sizes[at] ?? 0,
      ...(shard !== undefined && { shard }),
    };
  }

  slot(at: number): Slot {
    const sequence = this.#sequences[at] ?? Number.NaN;
    return readSlot(this.#slots, this.#place(sequence), { sequence, salt: this.#salt });
  }

  /** Notes what became of a record; what is to be written into the state file, and where. */
  mark(at: number, slot: Slot): SlotRange {
    const sequence = this.#sequences[at] ?? Number.NaN;
    if (slot.isDeleted && !this.slot(at).isDeleted) {
      this.#live -= 1;
      this.#liveBytes -= this.#sizes[at] ?? 0;
    }
    this.#write(sequence, slot);
    const position = this.#place(sequence);
    return { from: position, to: position + slotBytes };
  }

  /** The slots from one position of the state file to another. */
  slots({ from, to }: SlotRange): Uint8Array {
    return this.#slots.subarray(from, to);
  }

  /** The number of the record with this sequence number; -1 where there is none. */
  find(sequence: number): number {
    const at = this.lowerBound(sequence);
    return this.#sequences[at] === sequence && at < this.#count ? at : -1;
  }

  /** The number of the first record with this sequence number or a higher one; `count` where there is none. */
  lowerBound(sequence: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sequences[middle] ?? Number.NaN) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #place(sequence: number): number {
    return (sequence - this.#base) * slotBytes;
  }

  #write(sequence: number, slot: Slot): void {
    const at = this.#place(sequence);
    if (at + slotBytes > this.#slots.length) {
      const wider = Buffer.alloc(Math.max(at + slotBytes, 2 * this.#slots.length));
      wider.set(this.#slots);
      this.#slots = wider;
    }
    writeSlot(this.#slots, at, { ...slot, sequence, salt: this.#salt });
  }

  #makeRoom(at: number): void {
    if (at < this.#sequences.length) return;
    this.#sequences = grown(this.#sequences, new Float64Array(2 * at));
    this.#times = grown(this.#times, new Float64Array(2 * at));
    this.#offsets = grown(this.#offsets, new Float64Array(2 * at));
    this.#sizes = grown(this.#sizes, new Uint32Array(2 * at));
  }
}

/** Bytes of a state file, `to` excluded. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
}

function grown<Column extends Float64Array | Uint32Array>(from: Column, into: Column): Column {
  into.set(from);
  return into;
}
