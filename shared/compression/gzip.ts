import { promisify } from "node:util";
import { constants, gzip as deflate, gunzipSync, gzipSync, gunzip as inflate } from "node:zlib";

const deflateOnPool = promisify(deflate);
const inflateOnPool: (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer> = promisify(inflate);

/** Below this many bytes a trip to the thread pool costs more than the work (bench/pack.ts, "gzip small"). */
const smallBytes = 65_536;
/** Level 1 keeps most of the gain at a third of the cost of level 6 (bench/pack.ts, "gzip level"). */
const options = { level: constants.Z_BEST_SPEED };

/** Compresses into one gzip member; large inputs on the thread pool, so that a server stays responsive. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  return bytes.length < smallBytes ? gzipSync(bytes, options) : await deflateOnPool(bytes, options);
}

/** The inverse; rejects when the content is damaged or longer than `maxBytes`. */
export async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const limit = { maxOutputLength: Math.max(1, maxBytes) };
  return maxBytes < smallBytes ? gunzipSync(bytes, limit) : await inflateOnPool(bytes, limit);
}

/** Whether the frame is that of one gzip member of `bytes` bytes (RFC 1952, ISIZE); what is inside is not looked at. */
export function isGzipMember(compressed: Uint8Array, bytes: number): boolean {
  return isGzip(compressed) && gzipSize(compressed) === bytes % 2 ** 32;
}

/** Whether bytes begin as gzip does, and are long enough for its frame. */
export function isGzip(compressed: Uint8Array): boolean {
  return compressed.length >= 18 && compressed[0] === 0x1f && compressed[1] === 0x8b;
}

function gzipSize(compressed: Uint8Array): number {
  const frame = new DataView(compressed.buffer, compressed.byteOffset, compressed.byteLength);
  return frame.getUint32(compressed.byteLength - 4, true);
}
