import { decompress } from "../compression/compress.ts";
import type { Batch } from "./batch.ts";

/** The payload of a batch uncompressed; undefined where it is damaged. */
export async function contentOf({ encoding, payload, bytes }: Batch): Promise<Uint8Array | undefined> {
  try {
    return await decompress(payload, encoding, bytes);
  } catch {
    return undefined;
  }
}
