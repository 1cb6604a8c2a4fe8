import type { CommonAttributes } from "./common-attributes.ts";
import type { StreamOrigin } from "./source-arn.ts";

/** A record, or part of one, that cannot be used, and why. */
export interface RefusedRecord {
  /** A word for counters: `base64`, `record-too-large`, `gzip`, `framing`, `malformed`, `opentelemetry-0.7`, `json`, `not-text`, `too-large`. */
  readonly reason: string;
  /** A sentence for the operator. */
  readonly message: string;
  /** What is kept of it, for the dead letters; undefined where it is more than Firehose can have sent. */
  readonly bytes?: Uint8Array;
}

/** A request of Firehose, decoded. */
export interface Delivery {
  readonly requestId: string;
  /** ARN of the stream. */
  readonly sourceArn: string;
  readonly origin: StreamOrigin;
  readonly attributes: CommonAttributes;
  /** When Firehose made the request, milliseconds since 1970; absent where it does not say so. */
  readonly timestamp?: number;
  /** What producers put into the stream, in order; empty ones are left out. */
  readonly records: readonly Uint8Array[];
  readonly refused: readonly RefusedRecord[];
  /** Headers that pipelines and tenants may ask for. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `taken`: all that can be used is durable. `unavailable` and `refused`: Firehose keeps the records and sends them again. */
export type Taken =
  | { readonly kind: "taken" }
  | { readonly kind: "unavailable"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

/** Makes what is in a request durable. Never rejects. */
export type TakeDelivery = (delivery: Delivery, abort?: AbortSignal) => Promise<Taken>;
