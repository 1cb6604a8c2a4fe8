import { constants, inflateRawSync } from "node:zlib";
import { deflatePrefix } from "./deflate-prefix.ts";

/** A place between two deflate blocks, as far as zlib tells it: in whole bytes. */
export interface BlockBoundary {
  /** The byte before the place: some of its bits may be the next block's. */
  readonly lastByte: number;
  /** Bytes behind the place. */
  readonly behind: Uint8Array;
  /** What was inflated before it, 32 KiB at most. */
  readonly window: Uint8Array;
  /** What was inflated behind it. */
  readonly inflated: Uint8Array;
}

/** Least bytes that must be inflated again as they were, for a place to be taken. */
const minMatch = 256;
const maxOutput = 2 ** 24;

/**
 * How many bits of the last byte are the block's before: 8 where all are. zlib does not say, so each is tried until one inflates to what
 * is known; undefined where none does.
 */
export function findBlockStart({ lastByte, behind, window, inflated }: BlockBoundary): number | undefined {
  for (let bits = 8; bits > 0; bits -= 1) {
    const start = bits === 8 ? behind : Buffer.concat([startOf(bits, lastByte), behind]);
    const found = inflateSome(start, window);
    const length = Math.min(found?.length ?? 0, inflated.length);
    if (length >= minMatch && found?.subarray(0, length).equals(inflated.subarray(0, length))) return bits;
  }
  return undefined;
}

/** A stream that begins `bits` bits into a byte. */
export function startOf(bits: number, byte: number): Uint8Array {
  const start = deflatePrefix(bits);
  const last = start.length - 1;
  start[last] = (start[last] ?? 0) | (byte & (0xff << bits) & 0xff);
  return start;
}

function inflateSome(bytes: Uint8Array, window: Uint8Array): Buffer | undefined {
  try {
    return inflateRawSync(bytes, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: maxOutput,
      ...(window.length > 0 && { dictionary: window }),
    });
  } catch {
    return undefined;
  }
}
