import { crc32 } from "node:zlib";

/** What a sealed segment says about itself in its last bytes, so that a start need not read it. */
export interface Footer {
  readonly records: number;
  readonly lastSequence: number;
  /** Milliseconds since the epoch. */
  readonly oldestAt: number;
  readonly newestAt: number;
  /** Where the records end and this begins. */
  readonly dataBytes: number;
}

/** Bytes of a footer. */
export const footerBytes = 48;
const magic = 0x46_4c_53_1e;

/** Magic u32 · checksum u32 · records f64 · last sequence number f64 · oldest f64 · newest f64 · data bytes f64. */
export function encodeFooter(footer: Footer, salt: number): Uint8Array {
  const bytes = Buffer.alloc(footerBytes);
  const { records, lastSequence, oldestAt, newestAt, dataBytes } = footer;
  bytes.writeUInt32LE(magic, 0);
  for (const [index, value] of [records, lastSequence, oldestAt, newestAt, dataBytes].entries()) {
    bytes.writeDoubleLE(value, 8 + index * 8);
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(8), salt), 4);
  return bytes;
}

/** Undefined where `bytes`, the last of a file, are not a footer. */
export function decodeFooter(bytes: Buffer, salt: number): Footer | undefined {
  if (bytes.length !== footerBytes || bytes.readUInt32LE(0) !== magic) return undefined;
  if (crc32(bytes.subarray(8), salt) !== bytes.readUInt32LE(4)) return undefined;
  const [records = 0, lastSequence = 0, oldestAt = 0, newestAt = 0, dataBytes = 0] = [0, 1, 2, 3, 4].map((index) =>
    bytes.readDoubleLE(8 + index * 8),
  );
  return { records, lastSequence, oldestAt, newestAt, dataBytes };
}
