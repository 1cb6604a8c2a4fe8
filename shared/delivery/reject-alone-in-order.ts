import type { Attempt } from "./attempt.ts";
import type { Bisected, Piece, Rest } from "./bisect.ts";
import { minReceives } from "./reject-alone.ts";

export interface InOrderOptions {
  /** Sends these pieces as one export. */
  readonly send: (pieces: readonly Piece[]) => Promise<Attempt>;
  readonly sleep: (ms: number) => Promise<void>;
  /** How often the message of a piece was received. */
  readonly receivesOf: (piece: Piece) => number;
}

/** Looks at what failed alone after the first one, and the pauses between them. */
const looks = 3;
const pauseMs = 1000;
const maxPieces = 32;

/**
 * Where order matters nothing is left behind to be sent later, so that an item that fails alone would keep its shard forever. Its
 * message failed in every one of many receives; now that its neighbours were taken it is tried alone a few times more, then it counts as refused.
 */
export async function rejectAloneInOrder(bisected: Bisected, options: InOrderOptions): Promise<Bisected> {
  const { send, sleep, receivesOf } = options;
  if (!bisected.isAlive) return bisected;
  const failsAlone = ({ piece, isAlone }: Rest) => isAlone && piece.items === 1 && receivesOf(piece) >= minReceives;
  let open = bisected.rest.filter(failsAlone).slice(0, maxPieces);
  if (open.length === 0) return bisected;
  const delivered = [...bisected.delivered];
  const refused = [...bisected.refused];
  const settled = new Set<Piece>();
  for (let look = 0; look < looks && open.length > 0; look++) {
    await sleep(pauseMs);
    const failed: Rest[] = [];
    for (const { piece } of open) {
      const { attempted, verdict } = await send([piece]);
      if (attempted.kind === "retry" && verdict) failed.push({ piece, retry: attempted, isAlone: true });
      if (attempted.kind === "retry") continue;
      settled.add(piece);
      if (attempted.kind === "delivered") delivered.push({ pieces: [piece], rejected: attempted.rejected });
      else refused.push({ piece, refusal: attempted });
    }
    open = failed;
  }
  for (const { piece, retry } of open) {
    settled.add(piece);
    const message = `failed alone again and again while others were delivered: ${retry.reason}`;
    refused.push({ piece, refusal: { reason: "rejected", message } });
  }
  return { ...bisected, delivered, refused, rest: bisected.rest.filter(({ piece }) => !settled.has(piece)) };
}
