import type { QueueBody } from "./queue.ts";

/** A message as a consumer received it. Times are milliseconds since the epoch. */
export interface ReceivedMessage {
  readonly id: string;
  /** Names this delivery; a later receive of the same message makes it void. */
  readonly receiptHandle: string;
  readonly body: QueueBody;
  /** This delivery included. */
  readonly receiveCount: number;
  /** When it was put into the queue: its retention counts from here. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  /** Present where order matters: nothing else of this shard is received until what was received of it is deleted. */
  readonly shard?: string;
}

/** What to receive. */
export interface ReceiveOptions {
  /** Messages, 1 or more; SQS returns at most ten at a time, whatever is asked for. */
  readonly maxMessages: number;
  /** How long the messages are hidden from other receives. */
  readonly leaseSeconds: number;
  /** How long to wait for a first message where none is visible; default 0. SQS takes at most 20. */
  readonly waitSeconds?: number;
  /**
   * Whether several messages of a shard may come at once, in order; default no. What stays of them keeps its place: once the first
   * one's lease ends, it comes again, and what was behind it after it.
   */
  readonly inRuns?: boolean;
  /** Ends the waiting. */
  readonly abort?: AbortSignal;
}

/** What a receive brought; no messages where none is visible. */
export type Received =
  | { readonly kind: "received"; readonly messages: readonly ReceivedMessage[] }
  | { readonly kind: "failed"; readonly reason: string };

/** A new lease for a message: hidden for `seconds` from now; 0 shows it at once. */
export interface VisibilityChange {
  readonly receiptHandle: string;
  readonly seconds: number;
}

/** What became of a call about several messages. */
export interface Handled {
  /** Receipt handles for which it is not confirmed: void, or the queue failed. */
  readonly failed: ReadonlySet<string>;
  readonly reason?: string;
}

/** How much a queue holds; approximate where it is SQS. */
export type QueueStatus =
  | {
      readonly kind: "read";
      /** Visible, or becoming so after a delay of their own. */
      readonly waiting: number;
      readonly inFlight: number;
      readonly retentionMs: number;
    }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * The reading side of a `Queue`, with the verbs of SQS: a received message is leased, not gone, until it is deleted; when
 * its lease ends it is received again, with a higher receive count. Nothing here rejects.
 */
export interface QueueReader {
  /** Takes some visible messages, oldest first where the queue knows, and leases them. */
  receive(options: ReceiveOptions): Promise<Received>;
  changeVisibility(changes: readonly VisibilityChange[]): Promise<Handled>;
  delete(receiptHandles: readonly string[]): Promise<Handled>;
  status(): Promise<QueueStatus>;
}
