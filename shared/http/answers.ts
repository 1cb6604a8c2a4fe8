import type { Encoding } from "../otlp/encoding.ts";
import { encodeResponse, type PartialSuccess } from "../otlp/response.ts";
import type { Signal } from "../otlp/signals.ts";
import { encodeStatus, type RpcStatus } from "../otlp/status.ts";
import { encodingOf, mediaTypes } from "./content-type.ts";
import type { HttpAnswer, HttpRequest } from "./message.ts";

/** A request that is refused for good: what the sender is told, and the class that is counted. */
export interface Refusal {
  readonly status: 400 | 401 | 404 | 405 | 413 | 415;
  /** Class of the reason, one of a few words. */
  readonly reason: string;
  readonly message: string;
  readonly violations?: RpcStatus["violations"];
  readonly headers?: Readonly<Record<string, string>>;
}

// google.rpc.Code, by the HTTP mapping of google/rpc/code.proto; what has none there is INVALID_ARGUMENT.
const codes: Readonly<Record<Refusal["status"], number>> = { 400: 3, 401: 16, 404: 12, 405: 12, 413: 3, 415: 3 };
const unavailableCode = 14;

/** 200: the whole request is durable, or all but the items of `partial` (OTLP specification, "Full Success"). */
export function accepted(signal: Signal, encoding: Encoding, partial?: PartialSuccess): HttpAnswer {
  return answer(200, encoding, encodeResponse(signal, encoding, partial));
}

/** A Status in the encoding of the request, JSON where that is unknown; never retryable (OTLP specification, "Failures"). */
export function refused(refusal: Refusal, request: Pick<HttpRequest, "headers">): HttpAnswer {
  const encoding = encodingOf(request.headers["content-type"]) ?? "json";
  const { status, message, violations, headers } = refusal;
  const body = encodeStatus({ code: codes[status], message, ...(violations && { violations }) }, encoding);
  return answer(status, encoding, body, headers);
}

/** 503 with a whole number of seconds in Retry-After and the same in RetryInfo: the client keeps its data and comes back. */
export function unavailable(message: string, retryAfterMs: number, request: Pick<HttpRequest, "headers">): HttpAnswer {
  const encoding = encodingOf(request.headers["content-type"]) ?? "json";
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const status = { code: unavailableCode, message, retryAfterMs: seconds * 1000 };
  return answer(503, encoding, encodeStatus(status, encoding), { "retry-after": String(seconds) });
}

/** The answer to a health check: the process runs and reads requests. */
export function healthy(method: string): HttpAnswer {
  const body = new TextEncoder().encode(method === "HEAD" ? "" : "ok\n");
  return { status: 200, headers: { "content-type": "text/plain" }, body };
}

/** What a sender is told whose body passes `maxBytes`, before or after decompression. */
export function tooLarge(maxBytes: number): Refusal {
  return {
    status: 413,
    reason: "too-large",
    message: `The request is larger than ${maxBytes} bytes once decompressed: send smaller batches, or raise SLUICE_MAX_REQUEST_BYTES.`,
  };
}

/** Client data inside a message: quoted, bounded, without control characters. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}

function answer(status: number, encoding: Encoding, body: Uint8Array, headers = {}): HttpAnswer {
  return { status, headers: { "content-type": mediaTypes[encoding], ...headers }, body };
}
