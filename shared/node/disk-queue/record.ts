import { crc32 } from "node:zlib";
import type { QueueBody } from "../../queue/queue.ts";

/**
 * What stands before the body of a record, little endian: magic u32 · checksum of the header u32 · checksum of the body
 * u32 · body bytes u32 · sequence number f64 · sent at f64 · flags u8 · shard bytes u8 · 0 u16 · shard. The checksums are
 * salted per file, so that no payload can pass for a record.
 */
export interface RecordHeader {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly shard?: string;
  readonly isText: boolean;
  readonly bodyBytes: number;
  readonly bodyChecksum: number;
  /** Of the header with its shard: where the body begins. */
  readonly headerBytes: number;
}

const magic = 0x51_4c_53_1e;
const fixedBytes = 36;
/** Most bytes of the name of a shard. */
export const maxShardBytes = 255;
/** Most bytes that a header may take. */
export const maxHeaderBytes = fixedBytes + maxShardBytes;
/** Most bytes of one body: far more than a batch is. */
export const maxBodyBytes = 64 * 2 ** 20;
const text = 1;

/** A body as it is written, and what of its header does not depend on its place. */
export interface NewRecord {
  readonly bytes: Uint8Array;
  readonly isText: boolean;
  readonly sentAt: number;
  readonly shard?: Buffer;
}

/** Bytes that the record takes in a file. */
export function recordBytes({ bytes, shard }: NewRecord): number {
  return fixedBytes + (shard?.length ?? 0) + bytes.length;
}

/** The record of a body; `sentAt` in milliseconds since the epoch. */
export function newRecord(body: QueueBody, sentAt: number, shard?: string): NewRecord {
  const isText = typeof body === "string";
  const bytes = isText ? Buffer.from(body) : body;
  return { bytes, isText, sentAt, ...(shard !== undefined && { shard: Buffer.from(shard) }) };
}

/** A body as it was sent. */
export function bodyOf({ bytes, isText }: Pick<NewRecord, "bytes" | "isText">): QueueBody {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isText ? view.toString() : view;
}

/** The header of a record; the body follows it in the file. */
export function encodeHeader(record: NewRecord, place: { sequence: number; salt: number }): Uint8Array {
  const { bytes, isText, sentAt, shard } = record;
  const header = Buffer.alloc(fixedBytes + (shard?.length ?? 0));
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(crc32(bytes, place.salt), 8);
  header.writeUInt32LE(bytes.length, 12);
  header.writeDoubleLE(place.sequence, 16);
  header.writeDoubleLE(sentAt, 24);
  header[32] = isText ? text : 0;
  header[33] = shard?.length ?? 0;
  if (shard) header.set(shard, fixedBytes);
  header.writeUInt32LE(crc32(header.subarray(8), place.salt), 4);
  return header;
}

/** Reads the header at `at`; undefined where there is none, or not all of it. */
export function decodeHeader(bytes: Buffer, at: number, salt: number): RecordHeader | undefined {
  if (at + fixedBytes > bytes.length || bytes.readUInt32LE(at) !== magic) return undefined;
  const shardBytes = bytes[at + 33] ?? 0;
  const end = at + fixedBytes + shardBytes;
  if (end > bytes.length || crc32(bytes.subarray(at + 8, end), salt) !== bytes.readUInt32LE(at + 4)) return undefined;
  return {
    sequence: bytes.readDoubleLE(at + 16),
    sentAt: bytes.readDoubleLE(at + 24),
    ...(shardBytes > 0 && { shard: bytes.toString("utf8", at + fixedBytes, end) }),
    isText: bytes[at + 32] === text,
    bodyBytes: bytes.readUInt32LE(at + 12),
    bodyChecksum: bytes.readUInt32LE(at + 8),
    headerBytes: end - at,
  };
}

/** Where the next header may begin, at `from` or later; -1 where there is none. */
export function findMagic(bytes: Buffer, from: number): number {
  return bytes.indexOf(magicBytes, from);
}

const magicBytes = Buffer.alloc(4);
magicBytes.writeUInt32LE(magic);

/** Whether `body` is what the header was written for. */
export function isWhole({ bodyBytes, bodyChecksum }: RecordHeader, body: Uint8Array, salt: number): boolean {
  return body.length === bodyBytes && crc32(body, salt) === bodyChecksum;
}
