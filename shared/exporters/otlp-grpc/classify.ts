import { formats } from "../../batch/formats.ts";
import type { AnswerContext } from "../../delivery/exporter.ts";
import type { TransportAnswer } from "../../delivery/transport.ts";
import type { Verdict } from "../../delivery/verdict.ts";
import { decodeMessage } from "../../grpc/encoding.ts";
import { percentDecode } from "../../grpc/percent-decode.ts";
import { decodeResponse } from "../../otlp/response.ts";
import { signals } from "../../otlp/signals.ts";
import { decodeStatus } from "../../rpc/status.ts";
import { maxAnswerText, printable } from "../printable.ts";

type Answered = Extract<TransportAnswer, { readonly kind: "answered" }>;

const prefixBytes = 5;
const maxMessageBytes = 4 * 2 ** 20;

/** Names of the codes (grpc: doc/statuscodes.md), in their order. */
const names = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];
/** The codes about content. Data is refused by no other: they are about the way, the server or a time. */
const content = new Set(["INVALID_ARGUMENT", "ALREADY_EXISTS", "FAILED_PRECONDITION"]);
/** The operator's faults, with the HTTP status that says the same: credentials are then looked up again. */
const operatorFaults: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  UNIMPLEMENTED: 404,
};
/** A proxy's answer, which has no gRPC status (grpc: doc/http-grpc-status-mapping.md); any other 5xx is an outage too. */
const byHttpStatus: Readonly<Record<number, string>> = {
  400: "INTERNAL",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "UNIMPLEMENTED",
  408: "UNAVAILABLE",
  429: "UNAVAILABLE",
};

/** The only place that judges an answer over OTLP/gRPC (OTLP specification, "OTLP/gRPC Response", table of status codes). */
export function classify(answer: TransportAnswer, { format }: AnswerContext): Verdict {
  if (answer.kind === "failed") {
    const { reason } = answer;
    return answer.permanent ? { kind: "misconfigured", status: 0, message: reason } : { kind: "retry", reason };
  }
  const code = codeOf(answer);
  if (code === undefined) return { kind: "retry", reason: `HTTP ${answer.status} without a grpc-status` };
  if (code === 0) return delivered(answer, format);
  const name = names[code] ?? `code ${code}`;
  const { message, afterMs } = detailsOf(answer, name);
  const wait = afterMs === undefined ? {} : { afterMs };
  if (name === "RESOURCE_EXHAUSTED") {
    // Without a time it means this request: larger than the server takes (OTLP specification, "Failures").
    if (afterMs === undefined) return { kind: "refused", reason: "too-large", status: code, message };
    return { kind: "retry", reason: message, ...wait, throttled: true };
  }
  const status = operatorFaults[name];
  if (status !== undefined) return { kind: "misconfigured", status, message };
  if (content.has(name)) return { kind: "refused", reason: "rejected", status: code, message };
  return { kind: "retry", reason: message, ...wait };
}

function codeOf({ status, headers }: Answered): number | undefined {
  const text = headers["grpc-status"];
  if (text !== undefined && /^\d{1,3}$/.test(text)) return Number(text);
  if (status === 200) return undefined;
  const name = byHttpStatus[status] ?? (status >= 500 ? "UNAVAILABLE" : "UNKNOWN");
  return names.indexOf(name);
}

/** Servers compress their answer as the call was compressed. An unreadable answer is not a reason to send again. */
function delivered({ headers, body }: Answered, format: AnswerContext["format"]): Verdict {
  const message = { compressed: body[0] === 1, bytes: body.subarray(prefixBytes) };
  const decoded = decodeMessage(message, headers["grpc-encoding"], maxMessageBytes);
  const signal = signals[formats[format].signal];
  const isEmpty = decoded.kind !== "decoded" || decoded.bytes.length === 0;
  const partial = isEmpty ? undefined : decodeResponse(decoded.bytes, signal, "protobuf");
  // The status has said that it was taken.
  return partial && partial !== "unreadable" ? { kind: "delivered", ...partial } : { kind: "delivered", rejected: 0 };
}

function detailsOf({ status, headers }: Answered, name: string): { message: string; afterMs?: number } {
  const binary = headers["grpc-status-details-bin"];
  const rpc = binary === undefined ? undefined : decodeStatus(Buffer.from(binary, "base64"), "protobuf");
  const text = percentDecode((headers["grpc-message"] ?? "").slice(0, 3 * maxAnswerText)) || (rpc?.message ?? "");
  const place = status === 200 ? name : `${name} (HTTP ${status})`;
  const message = printable(text === "" ? place : `${place}: ${text}`);
  return rpc?.retryAfterMs === undefined ? { message } : { message, afterMs: rpc.retryAfterMs };
}
