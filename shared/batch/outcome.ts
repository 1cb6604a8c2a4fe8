import type { Part } from "../wire/part-writer.ts";
import type { DeadLetterHeader } from "./batch.ts";

/** What became of one batch; `settle` acts on it. */
export type Outcome =
  | {
      readonly kind: "delivered";
      /** Items that the destination took the request for but refused (partial success); never retried. */
      readonly rejected: number;
    }
  | Retry
  /** Goes to the dead letters as a whole. */
  | ({ readonly kind: "rejected" } & DeadLetterReason)
  /** Refused as a whole, then narrowed down: part of it was delivered. */
  | {
      readonly kind: "partial";
      readonly delivered: number;
      readonly rejected: number;
      /** Goes to the dead letters. */
      readonly refused: readonly RefusedPart[];
      /** What could not be settled because the destination stopped answering: to be sent again, without the rest. */
      readonly rest?: Part & { readonly retry: Retry };
    };

/** Neither taken nor refused: to be sent again. */
export interface Retry {
  readonly kind: "retry";
  readonly cause: RetryCause;
  readonly reason: string;
  /** The destination's Retry-After, or until its next trial while it is down. */
  readonly afterMs?: number;
  /** It failed alone while others beside it were taken: no outage, but it, and nobody need wait with it. */
  readonly isIsolated?: true;
}

/**
 * `not-tried`: there was no time for an attempt, which says nothing about the destination. `throttled`: answered 429 while it
 * was alone in its export: should that never end, it may be too large. `outage`: it has failed too often to call it chance.
 */
export type RetryCause = "not-tried" | "failed" | "throttled" | "outage";

/** Why data goes to the dead letters. */
export type DeadLetterReason = Pick<DeadLetterHeader, "reason" | "status" | "message">;

/** Part of a batch, a message of the same format, that goes to the dead letters. */
export type RefusedPart = Part & { readonly why: DeadLetterReason };
