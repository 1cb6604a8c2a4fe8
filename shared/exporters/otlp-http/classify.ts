import { decodeContent } from "../../compression/content-encoding.ts";
import type { AnswerContext } from "../../delivery/exporter.ts";
import { parseRetryAfter } from "../../delivery/retry-after.ts";
import type { TransportAnswer } from "../../delivery/transport.ts";
import type { Verdict } from "../../delivery/verdict.ts";
import { answerEncodingOf } from "../../otlp/media-type.ts";
import { decodeResponse } from "../../otlp/response.ts";
import type { RpcStatus } from "../../rpc/rpc-status.ts";
import { decodeStatus } from "../../rpc/status.ts";
import { exceedsGrafanaLimit } from "../grafana-limits.ts";
import { meaningOf } from "../http-status.ts";
import { maxAnswerText, printable } from "../printable.ts";
import { otlpSignals } from "./request.ts";

type Answered = Extract<TransportAnswer, { kind: "answered" }>;

/** An answer is small; what is larger once decompressed is not read to its end. */
const maxAnswerBytes = 1024 * 1024;

/** The only place that judges an answer over OTLP/HTTP (OTLP specification, "OTLP/HTTP Response"). */
export function classify(answer: TransportAnswer, { format, now }: AnswerContext): Verdict {
  if (answer.kind === "failed") {
    const { reason } = answer;
    return answer.permanent ? { kind: "misconfigured", status: 0, message: reason } : { kind: "retry", reason };
  }
  const { status, headers } = answer;
  const body = contentOf(answer);
  const meaning = meaningOf(status);
  if (meaning === "success") return successOf({ ...answer, body }, format);
  const encoding = answerEncodingOf(headers["content-type"]);
  const rpc = encoding && decodeStatus(body, encoding);
  const message = describe(status, rpc, { headers, body });
  switch (meaning) {
    case "content":
      return { kind: "refused", reason: "rejected", status, message };
    case "too-large":
      return { kind: "refused", reason: "too-large", status, message };
    case "operator":
      return { kind: "misconfigured", status, message };
    case "throttled":
    case "passing": {
      if (status === 429 && exceedsGrafanaLimit(message))
        return { kind: "refused", reason: "too-large", status, message };
      const afterMs = parseRetryAfter(headers["retry-after"], now) ?? rpc?.retryAfterMs;
      const throttled = meaning === "throttled" && ({ throttled: true } as const);
      return { kind: "retry", reason: message, ...(afterMs !== undefined && { afterMs }), ...throttled };
    }
  }
}

/** Success is said by a status and an answer of OTLP, or none at all: a page to sign in, or another service's JSON, is neither. */
function successOf({ status, headers, body }: Answered, format: AnswerContext["format"]): Verdict {
  if (body.length === 0) return { kind: "delivered", rejected: 0 };
  const type = headers["content-type"];
  const signal = otlpSignals[format];
  const encoding = type === undefined ? "protobuf" : answerEncodingOf(type);
  const response = encoding && signal ? decodeResponse(body, signal, encoding) : "unreadable";
  if (response === "unreadable") {
    const text = printable(new TextDecoder().decode(body.subarray(0, 200)).trim());
    const what = `${type === undefined ? "" : `${printable(type).slice(0, 100)} `}${text}`;
    const message = `HTTP ${status}, but not an OTLP answer: ${what}`.slice(0, maxAnswerText);
    return { kind: "misconfigured", status, message };
  }
  return response ? { kind: "delivered", ...response } : { kind: "delivered", rejected: 0 };
}

/** The body without its coding; as it came where that is unknown or broken. */
function contentOf({ headers, body }: Answered): Uint8Array {
  const content = decodeContent(body, headers["content-encoding"], maxAnswerBytes);
  return content.kind === "decoded" ? content.bytes : body;
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
