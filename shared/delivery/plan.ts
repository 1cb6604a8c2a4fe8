import type { Batch } from "../batch/batch.ts";

export interface PlanLimits {
  /** Most bytes, uncompressed, of an export of several batches. */
  readonly maxExportBytes: number;
  /** Most items of an export of several batches. */
  readonly maxExportItems: number;
  /**
   * A gzip batch of so many bytes, uncompressed, travels alone, as it is stored: compressing it again costs more processor than an
   * export does. Default: never, where exports cost more than processor.
   */
  readonly passBytes?: number;
}

/**
 * Groups batches into exports: one format, one destination, one tenant, within the limits, oldest first. A batch that exceeds a limit by itself travels alone: only the destination knows whether it is too large.
 */
export function plan(batches: readonly Batch[], limits: PlanLimits): readonly (readonly Batch[])[] {
  const { passBytes = Number.POSITIVE_INFINITY } = limits;
  const oldestFirst = batches.toSorted((a, b) => a.acceptedAt - b.acceptedAt);
  const open = new Map<string, OpenExport>();
  const exports: OpenExport[] = [];
  for (const batch of oldestFirst) {
    if (batch.encoding === "gzip" && batch.bytes >= passBytes) {
      exports.push({ batches: [batch], bytes: batch.bytes, items: batch.items });
      continue;
    }
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
