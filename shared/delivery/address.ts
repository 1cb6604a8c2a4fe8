import type { Batch } from "../batch/batch.ts";

/** For whom a batch is: an export is for one. */
export function addressOf({ format, destination, tenant }: Batch): string {
  return JSON.stringify([format, destination, tenant]);
}
