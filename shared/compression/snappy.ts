import type { Decoded } from "./zlib-codings.ts";

const streamIdentifier = [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59];
const maxChunkBytes = 65_536;
const checksumBytes = 4;

/** Decodes snappy in either form that OTLP clients send under the name `snappy`: framed if it starts so, else a block. */
export function unsnappy(body: Uint8Array, maxBytes: number): Decoded {
  return isFramed(body) ? unsnappyFramed(body, maxBytes) : unsnappyBlock(body, maxBytes);
}

/** Decodes the framing format (google/snappy framing_format.txt): every chunk's CRC-32C is checked. */
export function unsnappyFramed(body: Uint8Array, maxBytes: number): Decoded {
  if (!isFramed(body)) return corrupt("no snappy stream identifier");
  const chunks = readChunks(body);
  if (typeof chunks === "string") return corrupt(chunks);
  if (chunks.bytes > maxBytes) return { kind: "too-large" };
  const out = new Uint8Array(chunks.bytes);
  let written = 0;
  for (let at = 0; at < body.length; ) {
    const { type, data, end } = chunkAt(body, at);
    at = end;
    if (type > 1) continue;
    const content = data.subarray(checksumBytes);
    const size = type === 1 ? content.length : (declaredLength(content)?.value ?? 0);
    const target = out.subarray(written, written + size);
    const wrong = type === 1 ? void target.set(content) : decodeBlock(content, target);
    if (wrong !== undefined) return corrupt(wrong);
    if (maskedChecksum(target) !== readUint32(data, 0)) return corrupt("a snappy checksum does not match");
    written += size;
  }
  return { kind: "decoded", bytes: out };
}

function unsnappyBlock(body: Uint8Array, maxBytes: number): Decoded {
  const declared = declaredLength(body);
  if (declared === undefined) return corrupt("the snappy length is unreadable");
  if (declared.value > maxBytes) return { kind: "too-large" };
  const out = new Uint8Array(declared.value);
  const wrong = decodeBlock(body, out);
  return wrong === undefined ? { kind: "decoded", bytes: out } : corrupt(wrong);
}

/** Walks the chunks before anything is allocated: their decoded size together, or what is wrong with one. */
function readChunks(body: Uint8Array): { readonly bytes: number } | string {
  let bytes = 0;
  for (let at = 0; at < body.length; ) {
    const { type, data, end } = chunkAt(body, at);
    if (end > body.length) return "unexpected end of a snappy chunk";
    at = end;
    if (type >= 0x80 && (type !== 0xff || isIdentifier(data))) continue;
    if (type > 1) return `unknown snappy chunk type ${type}`;
    if (data.length < checksumBytes) return "a snappy chunk without its checksum";
    const content = data.subarray(checksumBytes);
    const size = type === 1 ? content.length : declaredLength(content)?.value;
    if (size === undefined) return "the snappy length is unreadable";
    if (size > maxChunkBytes) return `a snappy chunk of more than ${maxChunkBytes} bytes`;
    bytes += size;
  }
  return { bytes };
}

function chunkAt(body: Uint8Array, at: number): { type: number; data: Uint8Array; end: number } {
  const end = at + 4 + readUint32(body, at + 1, 3);
  return { type: body[at] ?? 0, data: body.subarray(at + 4, end), end };
}

/** Decodes one block (google/snappy format_description.txt) that must fill `out` exactly; says what is wrong with it. */
function decodeBlock(body: Uint8Array, out: Uint8Array): string | undefined {
  let written = 0;
  for (let at = declaredLength(body)?.size ?? body.length; at < body.length; ) {
    const tag = body[at++] ?? 0;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    if (kind === 0) {
      if (length > 60) {
        const size = length - 60;
        length = readUint32(body, at, size) + 1;
        at += size;
      }
      if (at + length > body.length) return "unexpected end of a snappy literal";
      if (written + length > out.length) return "more snappy data than declared";
      out.set(body.subarray(at, at + length), written);
      at += length;
    } else {
      const size = kind === 3 ? 4 : kind;
      let offset = readUint32(body, at, size);
      if (kind === 1) {
        length = ((tag >>> 2) & 7) + 4;
        offset += (tag >>> 5) << 8;
      }
      at += size;
      if (at > body.length) return "unexpected end of a snappy copy";
      if (offset === 0 || offset > written) return "a snappy copy from before the start";
      if (written + length > out.length) return "more snappy data than declared";
      // Overlapping copies repeat what they have just written, so copyWithin only serves those that do not overlap.
      if (offset >= length) out.copyWithin(written, written - offset, written - offset + length);
      else for (let i = written; i < written + length; i++) out[i] = out[i - offset] ?? 0;
    }
    written += length;
  }
  return written === out.length ? undefined : "less snappy data than declared";
}

/** How many bytes a snappy block says that it holds; undefined where it is none. */
export function snappySize(block: Uint8Array): number | undefined {
  return declaredLength(block)?.value;
}

function declaredLength(body: Uint8Array): { readonly value: number; readonly size: number } | undefined {
  let value = 0;
  for (let size = 0; size < 5; size++) {
    const byte = body[size];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** size;
    if (byte < 0x80) return value < 2 ** 32 ? { value, size: size + 1 } : undefined;
  }
  return undefined;
}

function readUint32(bytes: Uint8Array, at: number, size = 4): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function isFramed(body: Uint8Array): boolean {
  return streamIdentifier.every((byte, index) => body[index] === byte);
}

function isIdentifier(data: Uint8Array): boolean {
  return data.length === 6 && data.every((byte, index) => byte === streamIdentifier[index + 4]);
}

// CRC-32C (Castagnoli), which node:zlib does not have, one table of 256 entries.
const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

function maskedChecksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function corrupt(message: string): Decoded & { readonly kind: "corrupt" } {
  return { kind: "corrupt", message };
}
