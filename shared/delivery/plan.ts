import type { Batch } from "../batch/batch.ts";

export interface PlanLimits {
  /** Most bytes, uncompressed, of an export of several batches. */
  readonly maxExportBytes: number;
  /** Most items of an export of several batches. */
  readonly maxExportItems: number;
}

/**
 * Groups batches into exports: one format, one destination, one tenant, within the limits, oldest first. Returns indexes into
 * `batches`. A batch that exceeds a limit by itself travels alone: only the destination knows whether it is too large.
 */
export function plan(batches: readonly Batch[], limits: PlanLimits): readonly (readonly number[])[] {
  const order = batches.map((batch, index) => ({ batch, index }));
  order.sort((a, b) => a.batch.acceptedAt - b.batch.acceptedAt || a.index - b.index);
  const open = new Map<string, OpenExport>();
  const exports: OpenExport[] = [];
  for (const { batch, index } of order) {
    const key = JSON.stringify([batch.format, batch.destination, batch.tenant]);
    const last = open.get(key);
    const fits =
      last && last.bytes + batch.bytes <= limits.maxExportBytes && last.items + batch.items <= limits.maxExportItems;
    const target = fits ? last : { indexes: [], bytes: 0, items: 0 };
    if (!fits) {
      open.set(key, target);
      exports.push(target);
    }
    target.indexes.push(index);
    target.bytes += batch.bytes;
    target.items += batch.items;
  }
  return exports.map(({ indexes }) => indexes);
}

interface OpenExport {
  readonly indexes: number[];
  bytes: number;
  items: number;
}
