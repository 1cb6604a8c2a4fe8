import type { AnswerContext } from "../../delivery/exporter.ts";
import { parseRetryAfter } from "../../delivery/retry-after.ts";
import type { TransportAnswer } from "../../delivery/transport.ts";
import type { Verdict } from "../../delivery/verdict.ts";
import { maxAnswerText, printable } from "../printable.ts";

const operatorFaults = new Set([401, 403, 404, 405, 407, 415]);

/**
 * The only judge of an answer to a write (remote write 1.0 §"Retries & Backoff"; what Prometheus answers, prometheus.md §4). A 400
 * keeps nothing of the request: its good samples are found by sending parts again.
 */
export function classify(answer: TransportAnswer, { now }: AnswerContext): Verdict {
  if (answer.kind === "failed") {
    const { reason } = answer;
    return answer.permanent ? { kind: "misconfigured", status: 0, message: reason } : { kind: "retry", reason };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) {
    return { kind: "delivered", rejected: 0 };
  }
  const message = describe(answer);
  if (status === 413) {
    return { kind: "refused", reason: "too-large", status, message };
  }
  if (isInvalidSample(status, message)) {
    return { kind: "refused", reason: "rejected", status, message };
  }
  if (status === 408 || status === 429 || status >= 500) {
    const afterMs = parseRetryAfter(answer.headers["retry-after"], now);
    const throttled = status === 429 && ({ throttled: true } as const);
    return { kind: "retry", reason: message, ...(afterMs !== undefined && { afterMs }), ...throttled };
  }
  if (status < 400 || operatorFaults.has(status)) {
    return { kind: "misconfigured", status, message };
  }
  return { kind: "refused", reason: "rejected", status, message };
}

/** Prometheus up to 2.5x answers 500 for a label that occurs twice: waiting would change nothing. */
function isInvalidSample(status: number, message: string): boolean {
  return status === 500 && /label name ".*" is not unique: invalid sample/.test(message);
}

/** The answer in words: its status, and what it says. */
export function describe({ status, headers, body }: Extract<TransportAnswer, { kind: "answered" }>): string {
  if (status >= 300 && status < 400) {
    return printable(`HTTP ${status} to ${headers.location ?? "nowhere"}: redirects are not followed`);
  }
  const text = new TextDecoder().decode(body.subarray(0, 2 * maxAnswerText)).trim();
  return printable(text === "" ? `HTTP ${status}` : `HTTP ${status}: ${text}`);
}
