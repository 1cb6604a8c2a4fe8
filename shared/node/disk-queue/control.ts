import type { QueueBody } from "../../queue/queue.ts";

/** Where a process that has a storage answers others of its user: a socket in the directory, which nobody else may enter. */
export function controlSocket(path: string): string {
  return `${path}/control.sock`;
}

/** Name of the queue of dead letters in a storage path. */
export const deadLettersName = "dead-letters";

/** A body in JSON. */
export type WireBody = { readonly text: string } | { readonly base64: string };

/** What is asked over the socket: `POST /<verb>` with this as JSON; answered with what the queue's own function returns. */
export interface ControlCalls {
  readonly names: Record<string, never>;
  readonly status: { readonly queue: string };
  readonly receive: {
    readonly queue: string;
    readonly maxMessages: number;
    readonly leaseSeconds: number;
    readonly waitSeconds?: number;
  };
  readonly "change-visibility": {
    readonly queue: string;
    readonly changes: readonly { readonly receiptHandle: string; readonly seconds: number }[];
  };
  readonly delete: { readonly queue: string; readonly receiptHandles: readonly string[] };
  /** To the queues of the batches' destinations. */
  readonly send: { readonly bodies: readonly WireBody[] };
}

/** A body as JSON can carry it. */
export function toWire(body: QueueBody): WireBody {
  return typeof body === "string" ? { text: body } : { base64: Buffer.from(body).toString("base64") };
}

/** The body that `toWire` was given. */
export function fromWire(body: WireBody): QueueBody {
  return "text" in body ? body.text : Buffer.from(body.base64, "base64");
}
