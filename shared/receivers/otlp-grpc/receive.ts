import type { Acceptance, Sink } from "../../batch/accept.ts";
import { decodeMessage, refuseEncoding } from "../../grpc/encoding.ts";
import type { GrpcMessage } from "../../grpc/framing.ts";
import { checkHealth, type Health, healthPaths } from "../../grpc/health.ts";
import { grpcCode } from "../../grpc/status.ts";
import { parseTimeout } from "../../grpc/timeout.ts";
import { isAuthorized, type SenderTokens } from "../../http/auth.ts";
import { encodeResponse } from "../../otlp/response.ts";
import { type Signal, signals } from "../../otlp/signals.ts";
import type { RpcStatus } from "../../otlp/status.ts";
import { signalNames } from "../../signal.ts";
import type { Emit } from "../../telemetry/events.ts";
import { scan } from "../../wire/scan.ts";

/** What is known of a call before its message. Header names are lower-case. */
export interface GrpcHead {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The answer to a call: a message with status 0, or a status alone (Trailers-Only). */
export interface GrpcAnswer {
  /** 200 unless the request was no gRPC at all. */
  readonly httpStatus?: number;
  readonly status: RpcStatus;
  readonly message?: Uint8Array;
}

/** A call that may go on to send its message. */
export interface GrpcCall {
  readonly kind: "export" | "health-check" | "health-watch";
  readonly signal?: Signal;
  readonly encoding: string | undefined;
  /** Milliseconds that the client waits; `undefined` when it does not say. */
  readonly timeoutMs: number | undefined;
}

export interface GrpcReceiveOptions {
  readonly sink: Sink;
  readonly emit: Emit;
  readonly health: Health;
  /** Limit of the message, as sent and decompressed. */
  readonly maxMessageBytes: number;
  /** Absent, or without tokens: no authentication. */
  readonly auth?: SenderTokens;
  /** Milliseconds after which a client without a place in memory may try again. */
  readonly busyRetryMs: number;
}

export interface GrpcReceive {
  /** Judges a call by its head: what to read next, or the answer at once. */
  open(head: GrpcHead): GrpcCall | (GrpcAnswer & { readonly kind: "refused" });
  /** Takes the message of a call of kind `export` or `health-check`. Never rejects for what a client sent. */
  take(call: GrpcCall, message: GrpcMessage, abort?: AbortSignal): Promise<GrpcAnswer>;
  /** The answer to a call whose message could not be read: counted, and RetryInfo added where it may come again. */
  refuse(call: GrpcCall, status: RpcStatus): GrpcAnswer;
}

const bySignalPath = new Map(signalNames.map((name) => [signals[name].grpcPath, signals[name]]));
const contentType = /^application\/grpc(\+proto)?\s*(;|$)/i;

/** gRPC semantics without a server, parallel to `http/receive.ts`: head → message → scan → sink → answer. */
export function createReceive(options: GrpcReceiveOptions): GrpcReceive {
  const { sink, emit, health, maxMessageBytes, auth } = options;
  return { open, take, refuse };

  function open(head: GrpcHead): GrpcCall | (GrpcAnswer & { readonly kind: "refused" }) {
    const type = head.headers["content-type"];
    if (type === undefined || !/^application\/grpc/i.test(type)) {
      return closed({ code: grpcCode.internal, message: "this port speaks gRPC: content-type application/grpc" }, 415);
    }
    const kind = kindOf(head.path);
    if (kind === undefined) {
      return closed({ code: grpcCode.unimplemented, message: `there is no method ${head.path.slice(0, 200)}` });
    }
    if (head.method !== "POST")
      return closed({ code: grpcCode.unimplemented, message: "gRPC calls are POST requests" });
    if (!contentType.test(type)) {
      return closed(
        { code: grpcCode.unimplemented, message: "OTLP/gRPC is protobuf: send application/grpc+proto" },
        415,
      );
    }
    const encoding = head.headers["grpc-encoding"]?.toLowerCase();
    const unsupported = refuseEncoding(encoding);
    if (unsupported) return closed(unsupported);
    const signal = bySignalPath.get(head.path);
    if (signal && auth && !isAuthorized(head.headers.authorization, auth())) {
      const message = "the authorization metadata must carry a valid bearer token";
      return closed({ code: grpcCode.unauthenticated, message });
    }
    return { kind, encoding, timeoutMs: parseTimeout(head.headers["grpc-timeout"]), ...(signal && { signal }) };
  }

  async function take(call: GrpcCall, message: GrpcMessage, abort?: AbortSignal): Promise<GrpcAnswer> {
    const content = decodeMessage(message, call.encoding, maxMessageBytes);
    if (content.kind === "refused") return refuse(call, content.status);
    const { signal } = call;
    if (signal === undefined) return answerHealth(content.bytes);
    const scanned = scan(content.bytes, signal);
    if (scanned.kind === "rejected") {
      if (scanned.isTooLarge) {
        return refuse(call, { code: grpcCode.resourceExhausted, message: `${scanned.message} Send smaller batches.` });
      }
      const description = scanned.message;
      const violations = [{ field: scanned.path, description }];
      const at = scanned.path === "" ? "" : ` at ${scanned.path}`;
      return refuse(call, { code: grpcCode.invalidArgument, message: `${description}${at}`, violations });
    }
    const { items } = scanned;
    const { bytes, gzip } = content;
    // An empty message is a valid request with nothing in it to keep.
    const acceptance =
      bytes.length === 0
        ? nothing
        : await sink.accept({ signal: signal.name, items, bytes, ...(gzip && { gzip }) }, abort);
    if (acceptance.kind === "unavailable") {
      const { reason, retryAfterMs } = acceptance;
      emit("request.unavailable", { signal: signal.name, transport: "grpc", reason, retryAfterMs });
      // The reason names machines and accounts: it is for the operator's log.
      return {
        status: { code: grpcCode.unavailable, message: "could not be stored: send it again later", retryAfterMs },
      };
    }
    const { rejected } = acceptance;
    const taken = items - (rejected?.items ?? 0);
    emit("request.accepted", { signal: signal.name, transport: "grpc", items: taken, bytes: bytes.length });
    if (rejected) emit("items.rejected", { signal: signal.name, ...rejected });
    const partial = rejected && { rejected: rejected.items, message: rejected.message };
    return { status: { code: grpcCode.ok, message: "" }, message: encodeResponse(signal, "protobuf", partial) };
  }

  function answerHealth(request: Uint8Array): GrpcAnswer {
    const checked = checkHealth(request, health);
    if (checked.kind === "refused") return { status: checked.status };
    return { status: { code: grpcCode.ok, message: "" }, message: checked.message };
  }

  function refuse(call: GrpcCall, status: RpcStatus): GrpcAnswer {
    const name = call.signal?.name;
    if (status.code !== grpcCode.unavailable) {
      refused(status, name);
      return { status };
    }
    const retryAfterMs = options.busyRetryMs;
    if (name) emit("request.unavailable", { signal: name, transport: "grpc", reason: "memory", retryAfterMs });
    return { status: { ...status, retryAfterMs } };
  }

  function closed(status: RpcStatus, httpStatus = 200): GrpcAnswer & { readonly kind: "refused" } {
    refused(status);
    return { kind: "refused", httpStatus, status };
  }

  function refused({ code, message }: RpcStatus, signal?: Signal["name"]): void {
    const reason = reasons[code] ?? "other";
    emit("request.refused", { transport: "grpc", status: code, reason, message, ...(signal && { signal }) });
  }
}

const nothing: Acceptance = { kind: "accepted" };

const reasons: Readonly<Record<number, string>> = {
  [grpcCode.invalidArgument]: "malformed",
  [grpcCode.deadlineExceeded]: "slow",
  [grpcCode.resourceExhausted]: "too-large",
  [grpcCode.unimplemented]: "unsupported",
  [grpcCode.internal]: "malformed",
  [grpcCode.unauthenticated]: "token",
};

function kindOf(path: string): GrpcCall["kind"] | undefined {
  if (bySignalPath.has(path)) return "export";
  if (path === healthPaths.check) return "health-check";
  if (path === healthPaths.watch) return "health-watch";
  return undefined;
}
