import { createHash } from "node:crypto";

/** The rule `hashmod`: the last eight bytes of the value's MD5, big endian, modulo. */
export function hashMod(value: string, modulus: bigint): string {
  const digest = createHash("md5").update(value).digest();
  return String(digest.readBigUInt64BE(8) % modulus);
}
