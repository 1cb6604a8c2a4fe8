import { hexOf } from "../paths/field.ts";

/** MurmurHash3 of 32 bits, its bytes in little-endian order as hexadecimal digits. */
export function murmur3(bytes: Uint8Array): string {
  let h = 0;
  const blocks = bytes.length - (bytes.length % 4);
  for (let at = 0; at < blocks; at += 4) {
    const k =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    h ^= mix32(k);
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= blocks; at--) tail = (tail << 8) | (bytes[at] as number);
  if (bytes.length > blocks) h ^= mix32(tail);
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  const result = new DataView(new ArrayBuffer(4));
  result.setUint32(0, (h ^ (h >>> 16)) >>> 0, true);
  return hexOf(new Uint8Array(result.buffer));
}

function mix32(k: number): number {
  const mixed = Math.imul(k, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;

/** MurmurHash3 of 128 bits (x64), both halves in little-endian order. */
export function murmur3Wide(bytes: Uint8Array): string {
  let h1 = 0n;
  let h2 = 0n;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks = bytes.length - (bytes.length % 16);
  for (let at = 0; at < blocks; at += 16) {
    h1 ^= mixLow(view.getBigUint64(at, true));
    h1 = u64(u64(rotate(h1, 27n) + h2) * 5n + 0x52dce729n);
    h2 ^= mixHigh(view.getBigUint64(at + 8, true));
    h2 = u64(u64(rotate(h2, 31n) + h1) * 5n + 0x38495ab5n);
  }
  const tail = new DataView(new ArrayBuffer(16));
  for (let at = blocks; at < bytes.length; at++) tail.setUint8(at - blocks, bytes[at] as number);
  h2 ^= mixHigh(tail.getBigUint64(8, true));
  h1 ^= mixLow(tail.getBigUint64(0, true));
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = u64(h1 + h2);
  h2 = u64(h2 + h1);
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = u64(h1 + h2);
  h2 = u64(h2 + h1);
  const result = new DataView(new ArrayBuffer(16));
  result.setBigUint64(0, h1, true);
  result.setBigUint64(8, h2, true);
  return hexOf(new Uint8Array(result.buffer));
}

function mixLow(k: bigint): bigint {
  return u64(rotate(u64(k * c1), 31n) * c2);
}

function mixHigh(k: bigint): bigint {
  return u64(rotate(u64(k * c2), 33n) * c1);
}

function finish(h: bigint): bigint {
  let k = u64((h ^ (h >> 33n)) * 0xff51afd7ed558ccdn);
  k = u64((k ^ (k >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return k ^ (k >> 33n);
}

function rotate(value: bigint, by: bigint): bigint {
  return u64(value << by) | (value >> (64n - by));
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
