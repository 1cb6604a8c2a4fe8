import type { Encoding } from "../otlp/encoding.ts";
import { decodeResponse } from "../otlp/response.ts";
import type { Signal } from "../otlp/signals.ts";
import { decodeStatus, type RpcStatus } from "../otlp/status.ts";
import { parseRetryAfter } from "./retry-after.ts";
import type { TransportAnswer } from "./transport.ts";

/** A refusal of the data itself: narrowed down, then parked. */
export interface Refusal {
  readonly kind: "refused";
  readonly reason: "rejected" | "too-large";
  readonly status: number;
  readonly message: string;
}

/** Taken. `rejected` items of it were not (partial success); a message without any is a warning. */
export interface Delivered {
  readonly kind: "delivered";
  readonly rejected: number;
  readonly message?: string;
}

/** What an answer means for what was sent. */
export type Verdict =
  | Delivered
  /** Trouble that passes. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs?: number; readonly throttled?: true }
  /** Credentials or URL are wrong: the operator's fault, never the data's, so everything waits. `status` 0: no answer. */
  | { readonly kind: "misconfigured"; readonly status: number; readonly message: string }
  | Refusal;

const passing = new Set([429, 502, 503, 504]);
const operatorFaults = new Set([401, 403, 404, 405, 407]);
/** Longest text of a destination that is kept and logged. */
const maxMessage = 500;
/**
 * A request beyond the gRPC limit behind Grafana Cloud's gateway, or beyond what the tenant's rate limit takes at once, is
 * answered 429 for ever (grafana/tempo#3831; Tempo's modules/distributor, "checkForRateLimits").
 */
const larger = /larger than max|batch size \(\d+ bytes\) exceeds/i;
const rateLimit = /ingestion rate limit \((?<limits>[^)]*)\) exceeded while adding (?<size>\d+) bytes/i;

/** The only place that judges an answer of the destination (OTLP specification, "OTLP/HTTP Response"; Grafana Cloud's ways). */
export function classify(answer: TransportAnswer, signal: Signal, nowMs: number): Verdict {
  if (answer.kind === "failed") {
    const { reason } = answer;
    return answer.permanent ? { kind: "misconfigured", status: 0, message: reason } : { kind: "retry", reason };
  }
  const { status, headers, body } = answer;
  const encoding = encodingOf(headers["content-type"]);
  if (status >= 200 && status < 300) {
    const partial = encoding && decodeResponse(body, signal, encoding);
    return partial ? { kind: "delivered", ...partial } : { kind: "delivered", rejected: 0 };
  }
  const rpc = encoding && decodeStatus(body, encoding);
  const message = describe(status, rpc, answer);
  if (status === 413 || (status === 429 && neverFits(message))) {
    return { kind: "refused", reason: "too-large", status, message };
  }
  if (passing.has(status)) {
    const afterMs = parseRetryAfter(headers["retry-after"], nowMs) ?? rpc?.retryAfterMs;
    const throttled = status === 429 && ({ throttled: true } as const);
    return { kind: "retry", reason: message, ...(afterMs !== undefined && { afterMs }), ...throttled };
  }
  if (status < 400 || operatorFaults.has(status)) return { kind: "misconfigured", status, message };
  return { kind: "refused", reason: "rejected", status, message };
}

function neverFits(message: string): boolean {
  if (larger.test(message)) return true;
  const { limits = "", size = "" } = rateLimit.exec(message)?.groups ?? {};
  // What all instances take together says nothing about one request.
  const numbers = limits.split(",").filter((limit) => !limit.includes("global"));
  return numbers.length > 0 && numbers.every((limit) => Number(size) > Number(/\d+/.exec(limit)?.[0] ?? size));
}

function describe(
  status: number,
  rpc: RpcStatus | undefined,
  answer: { headers: Record<string, string>; body: Uint8Array },
): string {
  const location = answer.headers.location;
  if (status >= 300 && status < 400)
    return printable(`HTTP ${status} to ${location ?? "nowhere"}: redirects are not followed`);
  const words = rpc ? rpc.message : new TextDecoder().decode(answer.body.subarray(0, 2 * maxMessage));
  return printable(words.trim() === "" ? `HTTP ${status}` : `HTTP ${status}: ${words.trim()}`);
}

/** One line, bounded: what others wrote goes into logs and dead letters. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\uFFFE\uFFFF]+/gu, " ").slice(0, maxMessage);
}

function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return "json";
  return type === "application/x-protobuf" || type === "application/protobuf" ? "protobuf" : undefined;
}
