import type { AnswerContext } from "../../delivery/exporter.ts";
import { parseRetryAfter } from "../../delivery/retry-after.ts";
import type { TransportAnswer } from "../../delivery/transport.ts";
import type { Verdict } from "../../delivery/verdict.ts";
import { meaningOf } from "../http-status.ts";
import { maxAnswerText, printable } from "../printable.ts";

/** Loki's words for a tenant that sends more than it may: what one request holds, beside what a second may hold. */
const rateLimited =
  /\(limit: (?<limit>\d+) bytes\/sec\) while attempting to ingest '\d+' lines totaling '(?<size>\d+)' bytes/;

/**
 * The only judge of an answer to a push. Loki stores what is good in a request that it refuses with 400; what is bad is found by
 * sending parts again, and equal entries vanish there.
 */
export function classify(answer: TransportAnswer, { now }: AnswerContext): Verdict {
  if (answer.kind === "failed") {
    const { reason } = answer;
    return answer.permanent ? { kind: "misconfigured", status: 0, message: reason } : { kind: "retry", reason };
  }
  const { status } = answer;
  const meaning = meaningOf(status);
  if (meaning === "success") return { kind: "delivered", rejected: 0 };
  const message = describe(answer);
  if (meaning === "too-large" || (meaning === "throttled" && neverFits(message))) {
    return { kind: "refused", reason: "too-large", status, message };
  }
  if (meaning === "operator") return { kind: "misconfigured", status, message };
  if (meaning === "content") return { kind: "refused", reason: "rejected", status, message };
  const afterMs = parseRetryAfter(answer.headers["retry-after"], now);
  const throttled = meaning === "throttled" && ({ throttled: true } as const);
  return { kind: "retry", reason: message, ...(afterMs !== undefined && { afterMs }), ...throttled };
}

/** A request that is larger than what a second may hold is refused however long one waits, unless the burst is larger. */
function neverFits(message: string): boolean {
  const { limit, size } = rateLimited.exec(message)?.groups ?? {};
  return limit !== undefined && Number(size) > Number(limit);
}

function describe({ status, headers, body }: Extract<TransportAnswer, { kind: "answered" }>): string {
  if (status >= 300 && status < 400) {
    return printable(`HTTP ${status} to ${headers.location ?? "nowhere"}: redirects are not followed`);
  }
  const text = new TextDecoder().decode(body.subarray(0, 2 * maxAnswerText)).trim();
  return printable(text === "" ? `HTTP ${status}` : `HTTP ${status}: ${text}`);
}
