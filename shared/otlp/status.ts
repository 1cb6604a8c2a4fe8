import { boundedText } from "./bounded-text.ts";
import type { Encoding } from "./encoding.ts";
import { decodeStatusJson, encodeStatusJson } from "./status-json.ts";
import { decodeStatusProtobuf, encodeStatusProtobuf } from "./status-protobuf.ts";

/** A `google.rpc.Status`, with the two details that OTLP gives a meaning: `RetryInfo` and `BadRequest`. */
export interface RpcStatus {
  /** A gRPC status code (grpc/statuscodes.md). */
  readonly code: number;
  readonly message: string;
  /** `RetryInfo.retry_delay`, in whole milliseconds (rounded up). */
  readonly retryAfterMs?: number;
  /** `BadRequest.field_violations`; `field` is a path. */
  readonly violations?: readonly Violation[];
}

export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** How many violations a status carries or is read for. */
export const maxViolations = 100;

/** The body of a refusal, in the encoding of the request (OTLP specification, "Failures"); texts are cut when too long. */
export function encodeStatus(status: RpcStatus, encoding: Encoding): Uint8Array {
  const bounded = boundedStatus(status);
  return encoding === "json" ? encodeStatusJson(bounded) : encodeStatusProtobuf(bounded);
}

/** Reads a `google.rpc.Status` that a server answered; undefined where the bytes are none. Never throws. */
export function decodeStatus(bytes: Uint8Array, encoding: Encoding): RpcStatus | undefined {
  const status = encoding === "json" ? decodeStatusJson(bytes) : decodeStatusProtobuf(bytes);
  return status && boundedStatus(status);
}

function boundedStatus({ code, message, retryAfterMs, violations }: RpcStatus): RpcStatus {
  return {
    code,
    message: boundedText(message),
    ...(retryAfterMs !== undefined && { retryAfterMs: Math.max(0, Math.ceil(retryAfterMs)) }),
    ...(violations !== undefined && { violations: violations.slice(0, maxViolations).map(boundedViolation) }),
  };
}

function boundedViolation({ field, description }: Violation): Violation {
  return { field: boundedText(field), description: boundedText(description) };
}
