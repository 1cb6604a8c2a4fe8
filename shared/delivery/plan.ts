import type { Batch } from "../batch/batch.ts";
import { addressOf } from "./address.ts";

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
 * Puts groups of batches into exports: one format, one destination, one tenant, within the limits, oldest first; a group stays together.
 * What exceeds a limit by itself travels alone: only the destination knows whether it is too large.
 */
export function plan(groups: readonly (readonly Batch[])[], limits: PlanLimits): readonly (readonly Batch[])[] {
  const { passBytes = Number.POSITIVE_INFINITY } = limits;
  const oldestFirst = groups.toSorted((a, b) => (a[0]?.acceptedAt ?? 0) - (b[0]?.acceptedAt ?? 0));
  const open = new Map<string, OpenExport>();
  const exports: OpenExport[] = [];
  for (const group of oldestFirst) {
    const [first] = group;
    if (!first) continue;
    const bytes = group.reduce((sum, batch) => sum + batch.bytes, 0);
    const items = group.reduce((sum, batch) => sum + batch.items, 0);
    if (group.length === 1 && first.encoding === "gzip" && bytes >= passBytes) {
      exports.push({ batches: [first], bytes, items });
      continue;
    }
    const key = addressOf(first);
    const last = open.get(key);
    const fits = last && last.bytes + bytes <= limits.maxExportBytes && last.items + items <= limits.maxExportItems;
    const target = fits ? last : { batches: [], bytes: 0, items: 0 };
    if (!fits) {
      open.set(key, target);
      exports.push(target);
    }
    target.batches.push(...group);
    target.bytes += bytes;
    target.items += items;
  }
  return exports.map((each) => each.batches);
}

interface OpenExport {
  readonly batches: Batch[];
  bytes: number;
  items: number;
}
