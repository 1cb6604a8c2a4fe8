import type { AnswerContext } from "../../delivery/exporter.ts";
import { parseRetryAfter } from "../../delivery/retry-after.ts";
import type { TransportAnswer } from "../../delivery/transport.ts";
import type { Verdict } from "../../delivery/verdict.ts";
import { answerEncodingOf } from "../../otlp/media-type.ts";
import { decodeResponse } from "../../otlp/response.ts";
import { decodeStatus, type RpcStatus } from "../../otlp/status.ts";
import { exceedsGrafanaLimit } from "../grafana-limits.ts";
import { maxAnswerText, printable } from "../printable.ts";
import { otlpSignals } from "./request.ts";

const passing = new Set([429, 502, 503, 504]);
const operatorFaults = new Set([401, 403, 404, 405, 407]);

/** The only place that judges an answer over OTLP/HTTP (OTLP specification, "OTLP/HTTP Response"). */
export function classify(answer: TransportAnswer, { format, now }: AnswerContext): Verdict {
  if (answer.kind === "failed") {
    const { reason } = answer;
    return answer.permanent ? { kind: "misconfigured", status: 0, message: reason } : { kind: "retry", reason };
  }
  const { status, headers, body } = answer;
  const encoding = answerEncodingOf(headers["content-type"]);
  if (status >= 200 && status < 300) {
    const signal = otlpSignals[format];
    const partial = encoding && signal && decodeResponse(body, signal, encoding);
    return partial ? { kind: "delivered", ...partial } : { kind: "delivered", rejected: 0 };
  }
  const rpc = encoding && decodeStatus(body, encoding);
  const message = describe(status, rpc, answer);
  if (status === 413 || (status === 429 && exceedsGrafanaLimit(message))) {
    return { kind: "refused", reason: "too-large", status, message };
  }
  if (passing.has(status)) {
    const afterMs = parseRetryAfter(headers["retry-after"], now) ?? rpc?.retryAfterMs;
    const throttled = status === 429 && ({ throttled: true } as const);
    return { kind: "retry", reason: message, ...(afterMs !== undefined && { afterMs }), ...throttled };
  }
  if (status < 400 || operatorFaults.has(status)) return { kind: "misconfigured", status, message };
  return { kind: "refused", reason: "rejected", status, message };
}

function describe(
  status: number,
  rpc: RpcStatus | undefined,
  answer: { headers: Record<string, string>; body: Uint8Array },
): string {
  const location = answer.headers.location;
  if (status >= 300 && status < 400)
    return printable(`HTTP ${status} to ${location ?? "nowhere"}: redirects are not followed`);
  const text = rpc ? rpc.message : new TextDecoder().decode(answer.body.subarray(0, 2 * maxAnswerText));
  return printable(text.trim() === "" ? `HTTP ${status}` : `HTTP ${status}: ${text.trim()}`);
}
