import type { HttpAnswer } from "../../http/message.ts";

/** Firehose takes at most 8,192 characters of an error into its log. */
const maxMessageLength = 8192;
const encoder = new TextEncoder();

/** 200: every record is durable, or refused and told. Firehose takes nothing else for success. */
export function delivered(requestId: string, now: number): HttpAnswer {
  return answer(200, { requestId, timestamp: Math.floor(now) });
}

/**
 * Anything else: Firehose tries again until the retry duration of the stream is over, then keeps the records in its bucket. Never 413,
 * at which it would drop them (Amazon Data Firehose, "HTTP endpoint delivery request and response specifications").
 */
export function failed(status: 400 | 401 | 405 | 503, about: { requestId: string; now: number; message: string }) {
  const { requestId, now, message } = about;
  return answer(status, { requestId, timestamp: Math.floor(now), errorMessage: message.slice(0, maxMessageLength) });
}

/** Exactly these fields, a number as the timestamp, no other headers: Firehose takes a 200 that differs for a failure. */
function answer(status: number, body: object): HttpAnswer {
  return { status, headers: { "content-type": "application/json" }, body: encoder.encode(JSON.stringify(body)) };
}
