import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import type { Encoding } from "../../otlp/encoding.ts";
import { encodingOf, mediaTypes } from "../../otlp/media-type.ts";
import { encodeResponse, type PartialSuccess } from "../../otlp/response.ts";
import type { Signal } from "../../otlp/signals.ts";
import { encodeStatus } from "../../rpc/status.ts";
import type { Refusal } from "./refusals.ts";

// google.rpc.Code, by the HTTP mapping of google/rpc/code.proto; what has none there is INVALID_ARGUMENT.
const codes: Readonly<Record<Refusal["status"], number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 12,
  405: 12,
  413: 3,
  415: 3,
  417: 3,
  431: 3,
  501: 12,
};
const resourceExhaustedCode = 8;
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
  return later({ status: 503, code: unavailableCode, message, retryAfterMs }, request);
}

/** 429, in the same way: this client has sent more than it may, and keeps its data. Others are not held up. */
export function limited(message: string, retryAfterMs: number, request: Pick<HttpRequest, "headers">): HttpAnswer {
  return later({ status: 429, code: resourceExhaustedCode, message, retryAfterMs }, request);
}

interface Later {
  readonly status: 429 | 503;
  readonly code: number;
  readonly message: string;
  readonly retryAfterMs: number;
}

function later({ status, code, message, retryAfterMs }: Later, request: Pick<HttpRequest, "headers">): HttpAnswer {
  const encoding = encodingOf(request.headers["content-type"]) ?? "json";
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const body = encodeStatus({ code, message, retryAfterMs: seconds * 1000 }, encoding);
  return answer(status, encoding, body, { "retry-after": String(seconds) });
}

/** The answer to a health check: the process runs and reads requests. */
export function healthy(method: string): HttpAnswer {
  const body = new TextEncoder().encode(method === "HEAD" ? "" : "ok\n");
  return { status: 200, headers: { "content-type": "text/plain" }, body };
}

function answer(status: number, encoding: Encoding, body: Uint8Array, headers = {}): HttpAnswer {
  return { status, headers: { "content-type": mediaTypes[encoding], ...headers }, body };
}
