import type { Batch } from "../../../shared/batch/batch.ts";
import { gunzip } from "../../../shared/compression/gzip.ts";

/** The export request of a batch, uncompressed. */
export async function unpack({ payload, encoding, bytes }: Batch): Promise<Uint8Array> {
  return encoding === "gzip" ? gunzip(payload, bytes) : payload;
}
