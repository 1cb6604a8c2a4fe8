import type { DeadLetter } from "../queue/batch.ts";

/** What became of one batch, or of one export (design: settle acts on it). */
export type Outcome =
  | {
      readonly kind: "delivered";
      /** Items that the destination took the request for but refused (partial success); never retried. */
      readonly rejected: number;
    }
  | {
      readonly kind: "retry";
      readonly reason: string;
      /** The destination's Retry-After, where it gave one. */
      readonly afterMs?: number;
    }
  | {
      readonly kind: "park";
      readonly reason: DeadLetter["reason"];
      readonly status?: number;
      readonly message: string;
    };
