import type { Batch } from "../batch/batch.ts";

export interface PlanLimits {
  /** Most bytes, uncompressed, of an export of several batches. */
  readonly maxExportBytes: number;
  /** Most items of an export of several batches. */
  readonly maxExportItems: number;
}

/**
 * Groups batches into exports: one format, one destination, one tenant, within the limits, oldest first. A batch that exceeds a limit by itself travels alone: only the destination knows whether it is too large.
 */
export function plan(batches: readonly Batch[], limits: PlanLimits): readonly (readonly Batch[])[] {
  const oldestFirst = batches.toSorted((a, b) => a.acceptedAt - b.acceptedAt);
  const open = new Map<string, OpenExport>();
  const exports: OpenExport[] = [];
  for (const batch of oldestFirst) {
    const key = JSON.stringify([batch.format, batch.destination, batch.tenant]);
    const last = open.get(key);
    const fits =
      last && last.bytes + batch.bytes <= limits.maxExportBytes && last.items + batch.items <= limits.maxExportItems;
    const target = fits ? last : { batches: [], bytes: 0, items: 0 };
    if (!fits) {
      open.set(key, target);
      exports.push(target);
    }
    target.batches.push(batch);
    target.bytes += batch.bytes;
    target.items += batch.items;
  }
  return exports.map((each) => each.batches);
}

interface OpenExport {
  readonly batches: Batch[];
  bytes: number;
  items: number;
}
