import { constants, createGzip, gzip as deflate, gunzipSync, gzipSync, gunzip as inflate } from "node:zlib";
import { createZlibEngine } from "./zlib-engine.ts";

/** Below this many bytes a trip to the thread pool costs more than the work (bench/pack.ts, "gzip small"). */
const smallBytes = 65_536;
/** What is compressed at once takes half a millisecond; more is done by the thread pool, so that a server stays responsive. */
const maxBytesAtOnce = 262_144;
/** Level 1 keeps most of the gain at a third of the cost of level 6 (bench/pack.ts, "gzip level"). */
const options = { level: constants.Z_BEST_SPEED };
/** Each chunk of output is a trip to the pool. */
const chunkSize = 262_144;

/** More memory, once: a twentieth faster, and the output is not larger. */
const deflater = createZlibEngine(() => createGzip({ ...options, memLevel: constants.Z_MAX_MEMLEVEL }));
/** Where the engine writes; what comes out is copied, because it is a tenth of this. */
let scratch: Buffer | undefined;

/** Compresses into one gzip member; large inputs on the thread pool. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  return bytes.length <= maxBytesAtOnce
    ? gzipAtOnce(bytes)
    : await onPool((done) => deflate(bytes, { ...options, chunkSize }, done));
}

/** Content that cannot be compressed does not fit the scratch, where it is that long: it is done as any other. */
function gzipAtOnce(bytes: Uint8Array): Uint8Array {
  scratch ??= Buffer.allocUnsafeSlow(maxBytesAtOnce);
  const ran = deflater.run(bytes, 0, scratch);
  return ran?.kind === "done" ? Buffer.from(scratch.subarray(0, ran.written)) : gzipSync(bytes, options);
}

/** The inverse; rejects when the content is damaged or longer than `maxBytes`. */
export async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const limit = { maxOutputLength: Math.max(1, maxBytes) };
  return maxBytes < smallBytes ? gunzipSync(bytes, limit) : await onPool((done) => inflate(bytes, limit, done));
}

/** Not `promisify`: `node:util` is 3 ms of a function's start. */
function onPool(work: (done: (error: Error | null, result: Buffer) => void) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => work((error, result) => (error ? reject(error) : resolve(result))));
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
