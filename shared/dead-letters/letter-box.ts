/** A message of the dead-letter queue as it was received. Times are milliseconds since the epoch. */
export interface LetterMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** When it came into a queue for the first time; what its retention counts from. */
  readonly sentAt: number;
}

export type Received =
  | { readonly kind: "received"; readonly messages: readonly LetterMessage[] }
  | { readonly kind: "failed"; readonly reason: string };

export type LetterBoxStatus =
  | {
      readonly kind: "read";
      /** Approximate, as everything that SQS counts. */
      readonly waiting: number;
      readonly inFlight: number;
      readonly retentionMs: number;
    }
  | { readonly kind: "failed"; readonly reason: string };

/** What became of a call about several messages, by receipt handle. */
export interface Handled {
  /** Receipt handles for which it is not confirmed. */
  readonly failed: ReadonlySet<string>;
  readonly reason?: string;
}

/** The dead-letter queue; `aws/sqs-letter-box.ts` is SQS, the tests have one in memory. Nothing here rejects. */
export interface LetterBox {
  /** Takes some visible messages and hides them; waits a moment for them where there are none. */
  receive(holdSeconds: number): Promise<Received>;
  /** Hides messages for `seconds` from now on; 0 shows them at once. */
  hide(receiptHandles: readonly string[], seconds: number): Promise<Handled>;
  remove(receiptHandles: readonly string[]): Promise<Handled>;
  status(): Promise<LetterBoxStatus>;
}
