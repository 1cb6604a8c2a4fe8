import type { Batch } from "../batch/batch.ts";
import type { Outcome, RefusedPart } from "../batch/outcome.ts";
import { merge } from "../wire/merge.ts";
import type { Bisected, Piece } from "./bisect.ts";

/** What the bisecting of an export means for one of its batches. */
export function bisectedOutcome(bisected: Bisected, batch: Batch): Outcome {
  const isOurs = (piece: Piece) => piece.batch === batch;
  const rest = bisected.rest.filter(isOurs);
  const guilty = bisected.guilty.filter(({ piece }) => isOurs(piece));
  const delivered = bisected.delivered.map(({ pieces, rejected }) => {
    const items = itemsOf(pieces.filter(isOurs));
    // The destination says how many items it did not take, not whose they were.
    return { items, rejected: itemsOf(pieces) === items ? rejected : Math.floor((rejected * items) / itemsOf(pieces)) };
  });
  const taken = delivered.reduce((sum, { items }) => sum + items, 0);
  const rejected = delivered.reduce((sum, part) => sum + part.rejected, 0);
  const [first] = guilty;
  if (rest.length > 0 && taken === 0 && !first && bisected.stopped) return bisected.stopped;
  if (rest.length === 0 && !first) return { kind: "delivered", rejected };
  if (rest.length === 0 && taken === 0 && first) return { kind: "rejected", ...reasonOf(first) };
  return {
    kind: "partial",
    delivered: taken - rejected,
    rejected,
    refused: byReason(guilty),
    ...(rest.length > 0 && bisected.stopped && { rest: { ...joined(rest), retry: bisected.stopped } }),
  };
}

/** One part for each thing that the destination said. */
function byReason(guilty: Bisected["guilty"]): RefusedPart[] {
  const groups = Map.groupBy(guilty, (each) => JSON.stringify(reasonOf(each)));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? { ...joined(group.map(({ piece }) => piece)), why: reasonOf(first) } : [];
  });
}

function reasonOf({ refusal }: Bisected["guilty"][number]) {
  const { reason, status, message } = refusal;
  return { reason, status, message };
}

function joined(pieces: readonly Piece[]) {
  return { bytes: merge(pieces.map((piece) => piece.bytes)), items: itemsOf(pieces) };
}

function itemsOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.items, 0);
}
