import type { Sender } from "../sender.ts";
import type { FormatName } from "./formats.ts";

/** One export request, validated: what a receiver (HTTP or gRPC) hands on. */
export interface ReceivedRequest {
  readonly format: FormatName;
  /** For whom it is, where the destination tells tenants apart by a header. */
  readonly tenant?: string;
  /** Items counted by the scan. */
  readonly items: number;
  /** The request as uncompressed protobuf. */
  readonly bytes: Uint8Array;
  /** Headers of the client, lower-case names, where the receiver keeps them. */
  readonly metadata?: ReadonlyMap<string, readonly string[]>;
  /** Who sent it, where the settings name it. */
  readonly sender?: Sender;
  /** The ARN of whom AWS has let in by IAM. */
  readonly principal?: string;
  /** Address of the client, where the receiver knows it. */
  readonly clientAddress?: string;
  /** The same bytes as the one gzip member that the sender sent: stored and sent on as it came. */
  readonly gzip?: Uint8Array;
}

/**
 * What became of a request. `accepted` means durable, in every part (promise 1); items that cannot be taken at all are
 * counted in `rejected` and become the answer's partial success. `unavailable` asks the client to send it again; with `limit` it is
 * over a limit of its own, and others are not.
 */
export type Acceptance =
  | { readonly kind: "accepted"; readonly rejected?: { readonly items: number; readonly message: string } }
  | { readonly kind: "unavailable"; readonly reason: string; readonly retryAfterMs: number; readonly limit?: string };

/**
 * Takes a request and answers when it is durable. Never rejects; `abort` may end the waiting, never the durability, and only
 * once the request's bytes are held no longer.
 */
export type Accept = (request: ReceivedRequest, abort?: AbortSignal) => Promise<Acceptance>;
