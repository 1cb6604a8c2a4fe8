import type { Part } from "../wire/part-writer.ts";
import type { DeadLetter } from "./batch.ts";

/** What became of one batch (design: settle acts on it). */
export type Outcome =
  | {
      readonly kind: "delivered";
      /** Items that the destination took the request for but refused (partial success); never retried. */
      readonly rejected: number;
    }
  | Retry
  | ({ readonly kind: "park" } & Guilt)
  | {
      /** Refused as a whole, then narrowed down: part of it was delivered. */
      readonly kind: "narrowed";
      readonly delivered: number;
      readonly rejected: number;
      readonly guilty: readonly Guilty[];
      /** What could not be settled because the destination stopped answering: to be sent again, without the rest. */
      readonly rest?: Part & { readonly retry: Retry };
    };

export interface Retry {
  readonly kind: "retry";
  readonly reason: string;
  /** The destination's Retry-After, or until its next trial while it is down. */
  readonly afterMs?: number;
  /** Whether the destination failed, or is known to be down; otherwise there was no time for an attempt. */
  readonly down: boolean;
  /** Answered 429 while it was alone in its export: should that never end, it may be too large. */
  readonly throttled?: true;
  /** It has failed often enough to be called an outage, not chance. */
  readonly outage?: true;
}

/** Why data is parked. */
export interface Guilt {
  readonly reason: DeadLetter["reason"];
  /** HTTP status of the destination, where it answered. */
  readonly status?: number;
  readonly message: string;
}

export type Guilty = Part & { readonly guilt: Guilt };
