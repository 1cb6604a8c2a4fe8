/** A refusal of the data itself: narrowed down, then dead-lettered. `status` is the protocol's own (HTTP, gRPC). */
export interface Refusal {
  readonly kind: "refused";
  readonly reason: "rejected" | "too-large";
  readonly status: number;
  readonly message: string;
}

/** Taken. `rejected` items of it were not (partial success); a message without any is a warning. */
export interface Delivered {
  readonly kind: "delivered";
  readonly rejected: number;
  readonly message?: string;
}

/** What an answer means for what was sent. */
export type Verdict =
  | Delivered
  /** Trouble that passes. `throttled`: the destination asks for less, and may mean this one request. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs?: number; readonly throttled?: true }
  /** Credentials or URL are wrong: the operator's fault, never the data's, so everything waits. `status` 0: no answer. */
  | { readonly kind: "misconfigured"; readonly status: number; readonly message: string }
  | Refusal;
