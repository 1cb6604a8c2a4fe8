import { boundedText } from "../bounded-text.ts";
import { maxViolations, type RpcStatus, type Violation } from "./rpc-status.ts";
import { decodeStatusJson, encodeStatusJson } from "./status-json.ts";
import { decodeStatusProtobuf, encodeStatusProtobuf } from "./status-protobuf.ts";

/** The body of a refusal, in the encoding of the request (OTLP specification, "Failures"); texts are cut when too long. */
export function encodeStatus(status: RpcStatus, encoding: "protobuf" | "json"): Uint8Array {
  const bounded = boundedStatus(status);
  return encoding === "json" ? encodeStatusJson(bounded) : encodeStatusProtobuf(bounded);
}

/** Reads a `google.rpc.Status` that a server answered; undefined where the bytes are none. Never throws. */
export function decodeStatus(bytes: Uint8Array, encoding: "protobuf" | "json"): RpcStatus | undefined {
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
