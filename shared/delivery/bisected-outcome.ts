import type { Batch } from "../batch/batch.ts";
import type { DeadLetterReason, Outcome, RefusedPart, Retry } from "../batch/outcome.ts";
import { merge } from "../wire/merge.ts";
import type { Bisected, Piece, Rest } from "./bisect.ts";

/** What the bisecting of an export means for one of its batches. */
export function bisectedOutcome(bisected: Bisected, batch: Batch): Outcome {
  const isOurs = (piece: Piece) => piece.batch === batch;
  const rest = bisected.rest.filter(({ piece }) => isOurs(piece));
  const refused = bisected.refused.filter(({ piece }) => isOurs(piece));
  const delivered = bisected.delivered.map(({ pieces, rejected }) => {
    const items = itemsOf(pieces.filter(isOurs));
    // The destination says how many items it did not take, not whose they were.
    return { items, rejected: itemsOf(pieces) === items ? rejected : Math.floor((rejected * items) / itemsOf(pieces)) };
  });
  const taken = delivered.reduce((sum, { items }) => sum + items, 0);
  const rejected = delivered.reduce((sum, part) => sum + part.rejected, 0);
  const [first] = refused;
  const retry = retryOf(rest, bisected.isAlive);
  if (retry && taken === 0 && !first) return retry;
  if (!retry && !first) return { kind: "delivered", rejected };
  const parts = byReason(refused);
  const [only, ...others] = parts;
  if (!retry && taken === 0 && only && others.length === 0) return { kind: "rejected", ...only.why };
  return {
    kind: "partial",
    delivered: taken - rejected,
    rejected,
    refused: parts,
    ...(retry && { rest: { ...joined(rest.map(({ piece }) => piece)), retry } }),
  };
}

/** What is said of all that is left: that part of it failed alone, if any did; that it was alone in that, if others were taken. */
function retryOf(rest: readonly Rest[], isAlive: boolean): Retry | undefined {
  const alone = rest.find(({ isAlone }) => isAlone);
  const said = (alone ?? rest[0])?.retry;
  if (!said || !alone || !isAlive) return said;
  return { ...said, isIsolated: true };
}

/** One part for each thing that the destination said. */
function byReason(refused: Bisected["refused"]): RefusedPart[] {
  const groups = Map.groupBy(refused, (each) => JSON.stringify(reasonOf(each)));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? { ...joined(group.map(({ piece }) => piece)), why: reasonOf(first) } : [];
  });
}

function reasonOf({ refusal }: Bisected["refused"][number]): DeadLetterReason {
  const { reason, status, message } = refusal;
  return { reason, message, ...(status !== undefined && { status }) };
}

function joined(pieces: readonly Piece[]) {
  return { bytes: merge(pieces.map((piece) => piece.bytes)), items: itemsOf(pieces) };
}

function itemsOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.items, 0);
}
