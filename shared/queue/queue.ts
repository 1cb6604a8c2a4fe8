/** A durable queue of envelopes (`queue/envelope.ts`); `aws/sqs-queue.ts` is SQS, the tests have one in memory. */
export interface Queue {
  /**
   * Puts every body into the queue, in as few calls as the queue's limits allow. `sent` only when the queue has
   * confirmed each of them; otherwise some may be in the queue all the same (at least once). Never rejects.
   */
  send(bodies: readonly string[], abort?: AbortSignal): Promise<SendOutcome>;
}

export type SendOutcome =
  | { readonly kind: "sent" }
  | { readonly kind: "failed"; readonly reason: string; readonly unsent: readonly number[] };
