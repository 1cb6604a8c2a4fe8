/**
 * A message body: text, as SQS takes it (`encodeEnvelope`), or bytes, as the disk keeps it (`encodeBinaryEnvelope`). A
 * queue returns a body in the form in which it was sent.
 */
export type QueueBody = string | Uint8Array;

/** A durable queue of envelopes (`queue/envelope.ts`); SQS and the disk queue implement it, the tests have one in memory. */
export interface Queue {
  /** Whether bodies are best sent as bytes; SQS takes text. */
  readonly takesBytes?: true;
  /** The largest message that it takes now, where that is less than SQS allows: a queue has a limit of its own. */
  readonly messageLimit?: () => number;
  /**
   * Puts every body into the queue, in as few calls as the queue's limits allow. `sent` only when the queue has
   * confirmed each of them; otherwise some may be in the queue all the same (at least once). Never rejects.
   */
  send(bodies: readonly QueueBody[], abort?: AbortSignal): Promise<SendOutcome>;
}

/** A queue that can keep order: messages of one shard are received as they were sent, one after the other or in runs. */
export interface OrderedQueue extends Queue {
  /** As `send`, all bodies into one shard. A message that waits holds back its shard and no other. */
  sendInOrder(shard: string, bodies: readonly QueueBody[]): Promise<SendOutcome>;
}

/** `unsent` are positions in what was to be sent. `retryAfterMs`: when there may be room, where the queue is full. */
export type SendOutcome =
  | { readonly kind: "sent" }
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly unsent: readonly number[];
      readonly retryAfterMs?: number;
    };
