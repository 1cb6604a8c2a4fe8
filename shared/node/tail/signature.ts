import { createHash } from "node:crypto";
import { readSync } from "node:fs";

/** By what a file is known again: a hash of its first bytes, at most 1024. None of an empty file. */
export interface Signature {
  readonly bytes: number;
  readonly hash: string;
}

const maxBytes = 1024;
const start = Buffer.alloc(maxBytes);

/** The signature of an open file, of its first `bytes`. */
export function readSignature(fd: number, bytes = maxBytes): Signature | undefined {
  const read = readSync(fd, start, 0, Math.min(bytes, maxBytes), 0);
  return read === 0 ? undefined : { bytes: read, hash: hash(start.subarray(0, read)) };
}

/** Whether an open file begins as the one did that the signature is of. */
export function hasSignature(fd: number, signature: Signature | undefined): boolean {
  if (signature === undefined) return false;
  const found = readSignature(fd, signature.bytes);
  return found?.bytes === signature.bytes && found.hash === signature.hash;
}

/** Whether a signature covers as many bytes as it may: it changes no more while the file grows. */
export function isWhole(signature: Signature | undefined): boolean {
  return signature?.bytes === maxBytes;
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
}
