import {
  constants,
  crc32,
  createInflateRaw,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import { createZlibEngine } from "./zlib-engine.ts";

/** What a decoder made of a body. `corrupt` says what is wrong with it; `too-large` stopped at the limit. */
export type Decoded =
  | { readonly kind: "decoded"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large" }
  | { readonly kind: "corrupt"; readonly message: string };

const plainHeaderBytes = 10;
const trailerBytes = 8;
const minChunkBytes = 64 * 1024;
// Deflate cannot shrink by more than 1032:1, so neither a trailer nor the limit sizes a larger buffer than that.
const maxDeflateRatio = 1032;
// Every frame costs a decoder of its own: parallel zstd writes a frame per core or per few megabytes, not thousands.
const maxZstdFrames = 1000;
// 8 MB: what every receiver must take and no sender may exceed (RFC 9659). The Collector asks for it, however little it sends.
const maxWindowLog = 23;
const smallBytes = 8 * 2 ** 20;
const inflater = createZlibEngine(createInflateRaw);

/**
 * Decodes gzip (RFC 1952): every member, every trailer checked, nothing left over. `isPlain`: one member with nothing
 * optional in its header, which every reader takes, so that it may be passed on (Go's refuses names from 512 bytes on).
 * That is why the first member is inflated alone; the rest goes through zlib at once.
 */
export function gunzip(body: Uint8Array, maxBytes: number): Decoded & { readonly isPlain?: boolean } {
  const header = gzipHeader(body);
  if (typeof header === "string") return corrupt(header);
  const first = inflateFirst(body, header.length, maxBytes);
  if (first.kind !== "decoded") return first;
  const trailer = header.length + first.consumed;
  const end = trailer + trailerBytes;
  if (end > body.length) return corrupt("unexpected end of the gzip trailer");
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (view.getUint32(trailer, true) !== crc32(first.bytes)) return corrupt("the gzip checksum does not match");
  if (view.getUint32(trailer + 4, true) !== first.bytes.length) return corrupt("the gzip length does not match");
  if (end === body.length) return { kind: "decoded", bytes: first.bytes, isPlain: header.length === plainHeaderBytes };
  const rest = attempt(() =>
    gunzipSync(body.subarray(end), { ...limits(Math.max(1, maxBytes - first.bytes.length)), info: true }),
  );
  if (rest.kind !== "decoded") return rest;
  if (end + rest.consumed !== body.length) return corrupt("bytes follow the last gzip member");
  if (first.bytes.length + rest.bytes.length > maxBytes) return { kind: "too-large" };
  return { kind: "decoded", bytes: Buffer.concat([first.bytes, rest.bytes]) };
}

/**
 * The first member's content. A small one goes into a buffer of the size that the last trailer states, which is right for the only
 * member. What is larger, or is not as stated, goes into one as large as the limit lets it be, where only what is written becomes
 * resident: so no body costs the limit twice, whatever it claims.
 */
function inflateFirst(body: Uint8Array, from: number, maxBytes: number): Attempt {
  const stated = statedSize(body);
  const most = Math.min(maxBytes, body.length * maxDeflateRatio);
  const rooms = stated > 0 && stated <= Math.min(most, smallBytes) ? [stated, most] : [most];
  for (const room of rooms) {
    const output = Buffer.allocUnsafeSlow(room + 1);
    const ran = inflater.run(body, from, output);
    if (ran?.kind === "done") return { kind: "decoded", bytes: output.subarray(0, ran.written), consumed: ran.read };
    if (ran?.kind === "refused") return corrupt(ran.message);
    if (ran === undefined)
      return attempt(() => inflateRawSync(body.subarray(from), { ...limits(maxBytes), info: true }));
  }
  return { kind: "too-large" };
}

/** Decodes what HTTP calls `deflate`: the zlib format (RFC 1950), not raw deflate. */
export function inflate(body: Uint8Array, maxBytes: number): Decoded {
  const whole = attempt(() => inflateSync(body, { ...limits(maxBytes), info: true }));
  if (whole.kind === "decoded" && whole.consumed !== body.length) return corrupt("bytes follow the zlib stream");
  return whole;
}

/** Decodes zstd (RFC 8878), all frames. A frame that asks for a window of more than 8 MB is refused. */
export function unzstd(body: Uint8Array, maxBytes: number): Decoded {
  const params = { [constants.ZSTD_d_windowLogMax]: maxWindowLog };
  const parts: Uint8Array[] = [];
  let total = 0;
  let offset = 0;
  do {
    if (parts.length === maxZstdFrames) return corrupt(`more than ${maxZstdFrames} zstd frames`);
    const room = limits(Math.max(1, maxBytes - total));
    // Node decodes one frame a call and leaves the rest unread without an error.
    const frame = attempt(() => zstdDecompressSync(body.subarray(offset), { ...room, params, info: true }));
    if (frame.kind !== "decoded") return frame;
    offset += frame.consumed;
    total += frame.bytes.length;
    if (total > maxBytes) return { kind: "too-large" };
    parts.push(frame.bytes);
  } while (offset < body.length);
  const [only] = parts;
  return { kind: "decoded", bytes: only && parts.length === 1 ? only : Buffer.concat(parts) };
}

/** The length of the member's header, or what is wrong with it. */
function gzipHeader(body: Uint8Array): { readonly length: number } | string {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return "not gzip: the first bytes are not 1f 8b";
  const flags = body[3];
  if (flags === undefined) return "unexpected end of the gzip header";
  if (body[2] !== 8) return "unknown gzip compression method";
  if (flags & 0xe0) return "unknown gzip header flags";
  let at = plainHeaderBytes;
  if (flags & 4) at += 2 + (body[at] ?? 0) + 256 * (body[at + 1] ?? 0);
  for (const text of [8, 16]) {
    if ((flags & text) === 0) continue;
    const zero = body.indexOf(0, at);
    if (zero < 0) return "unexpected end of the gzip header";
    at = zero + 1;
  }
  if (flags & 2) {
    if ((crc32(body.subarray(0, at)) & 0xffff) !== (body[at] ?? 0) + 256 * (body[at + 1] ?? 0)) {
      return "the gzip header checksum does not match";
    }
    at += 2;
  }
  return at <= body.length ? { length: at } : "unexpected end of the gzip header";
}

/** Bytes that the last trailer says it stands behind; 0 without one. */
function statedSize(body: Uint8Array): number {
  if (body.length < trailerBytes) return 0;
  return new DataView(body.buffer, body.byteOffset + body.length - 4, 4).getUint32(0, true);
}

function limits(maxBytes: number): { maxOutputLength: number; chunkSize: number } {
  return { maxOutputLength: maxBytes, chunkSize: Math.max(Math.min(minChunkBytes, maxBytes + 1), 64) };
}

// With `info`, Node's one-shot functions return the engine too, which knows how much of the input was read.
type Attempt = Exclude<Decoded, { kind: "decoded" }> | { kind: "decoded"; bytes: Uint8Array; consumed: number };

function attempt(decode: () => unknown): Attempt {
  try {
    const { buffer, engine } = decode() as { buffer: Buffer; engine: { bytesWritten: number } };
    return { kind: "decoded", bytes: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") return { kind: "too-large" };
    if (code === undefined || !/^(Z_(DATA|BUF)_ERROR|Z_NEED_DICT|ZSTD_error_(?!memory))/.test(code)) throw error;
    const isWindow = code === "ZSTD_error_frameParameter_windowTooLarge";
    return corrupt(isWindow ? "a window of more than 8 MB (RFC 9659)" : message);
  }
}

function corrupt(message: string): Decoded & { readonly kind: "corrupt" } {
  return { kind: "corrupt", message };
}
