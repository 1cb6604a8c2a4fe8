import { gunzip } from "../compression/gzip.ts";
import type { Batch } from "./batch.ts";

/** The payload of a batch uncompressed; undefined where it is damaged. */
export async function contentOf({ encoding, payload, bytes }: Batch): Promise<Uint8Array | undefined> {
  try {
    return encoding === "identity" ? payload : await gunzip(payload, bytes);
  } catch {
    return undefined;
  }
}
