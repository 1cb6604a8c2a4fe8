import type { Batch } from "../batch/batch.ts";
import type { Outcome, Retry } from "../batch/outcome.ts";
import { addressOf } from "./address.ts";
import type { PlanLimits } from "./plan.ts";

/** Batches that arrive in this order: those of a shard, or one that is free. */
export type Lane = readonly Batch[];

/** Sorts batches into lanes; each is as in `batches`. */
export function lanesOf(batches: readonly Batch[], shards: ReadonlyMap<Batch, string> | undefined): readonly Lane[] {
  if (!shards) return batches.map((batch) => [batch]);
  const byShard = Map.groupBy(batches, (batch) => shards.get(batch) ?? batch);
  return [...byShard.values()];
}

/** What of a lane may go in one export: one batch at least. */
export function headOf(lane: Lane, { maxExportBytes, maxExportItems }: PlanLimits): Lane {
  const [first] = lane;
  let bytes = 0;
  let items = 0;
  const end = lane.findIndex((batch) => {
    bytes += batch.bytes;
    items += batch.items;
    const isOther = first && addressOf(batch) !== addressOf(first);
    return batch !== first && (isOther || bytes > maxExportBytes || items > maxExportItems);
  });
  return end < 0 ? lane : lane.slice(0, end);
}

/** Whether nothing of a batch is to be sent again. */
export function isFinal(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== "retry" && (outcome.kind !== "partial" || !outcome.rest);
}

/** What is said of a batch that was not sent, because one before it must wait. */
export const heldBack: Retry = { kind: "retry", cause: "not-tried", reason: "one before it in its shard must wait" };

/** Who stands where in the shards of one export. */
export interface ShardOrder {
  /** Whether nothing of its shard is before it. */
  isHead(batch: Batch): boolean;
  /** Whether nothing else of its shard is there. */
  isFree(batch: Batch): boolean;
  /** Whether one before it in its shard must wait, by the outcomes until now. */
  isHeldBack(batch: Batch, outcomes: ReadonlyMap<Batch, Outcome>): boolean;
}

/** Of the batches of one export, those of a shard in order. */
export function createShardOrder(
  batches: readonly Batch[],
  shards: ReadonlyMap<Batch, string> | undefined,
): ShardOrder {
  if (batches.length < 2) return aloneInOrder;
  const lanes = new Map(lanesOf(batches, shards).flatMap((lane) => lane.map((batch) => [batch, lane] as const)));
  const laneOf = (batch: Batch) => lanes.get(batch) ?? [batch];
  return {
    isHead: (batch) => laneOf(batch)[0] === batch,
    isFree: (batch) => laneOf(batch).length === 1,
    isHeldBack(batch, outcomes) {
      const lane = laneOf(batch);
      return lane.slice(0, lane.indexOf(batch)).some((one) => outcomes.has(one) && !isFinal(outcomes.get(one)));
    },
  };
}

/** Of one batch, which nothing is before. */
const aloneInOrder: ShardOrder = { isHead: () => true, isFree: () => true, isHeldBack: () => false };
