import { crc32 } from "node:zlib";

/** What changes about a record after it was written. */
export interface Slot {
  readonly isDeleted: boolean;
  readonly receiveCount: number;
  /** Milliseconds since the epoch; 0 before the first receive. */
  readonly firstReceivedAt: number;
}

/** Bytes of a slot: never across a sector of the disk, so a slot is written whole or not at all. */
export const slotBytes = 16;
const deleted = 0x8000_0000;
const fresh: Slot = { isDeleted: false, receiveCount: 0, firstReceivedAt: 0 };

/**
 * Writes the slot of record number `sequence` at `at`: count u32, its highest bit for deleted · first received f64 ·
 * checksum u32, salted with the file's salt and the sequence number: a slot never counts for another record.
 */
export function writeSlot(slots: Buffer, at: number, slot: Slot & { sequence: number; salt: number }): void {
  const { isDeleted, receiveCount, firstReceivedAt, sequence, salt } = slot;
  slots.writeUInt32LE((Math.min(receiveCount, deleted - 1) | (isDeleted ? deleted : 0)) >>> 0, at);
  slots.writeDoubleLE(firstReceivedAt, at + 4);
  slots.writeUInt32LE(crc32(slots.subarray(at, at + 12), saltOf(sequence, salt)), at + 12);
}

/** The slot at `at`; one that is damaged, or was never written, reads as fresh: its record is delivered again. */
export function readSlot(slots: Buffer, at: number, record: { sequence: number; salt: number }): Slot {
  if (at + slotBytes > slots.length) return fresh;
  const seed = saltOf(record.sequence, record.salt);
  if (crc32(slots.subarray(at, at + 12), seed) !== slots.readUInt32LE(at + 12)) return fresh;
  const word = slots.readUInt32LE(at);
  return {
    isDeleted: (word & deleted) !== 0,
    receiveCount: (word & (deleted - 1)) >>> 0,
    firstReceivedAt: slots.readDoubleLE(at + 4),
  };
}

function saltOf(sequence: number, salt: number): number {
  return (salt ^ (sequence % 2 ** 32)) >>> 0;
}
