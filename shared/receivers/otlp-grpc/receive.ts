import type { Accept, ReceivedRequest } from "../../batch/accept.ts";
import { isLight, lightBytes } from "../../compression/content-encoding.ts";
import { type DecodedMessage, decodeMessage } from "../../grpc/encoding.ts";
import type { GrpcMessage } from "../../grpc/framing.ts";
import { checkHealth, type Health } from "../../grpc/health.ts";
import { grpcCode } from "../../grpc/status.ts";
import type { InTurn } from "../../in-turn.ts";
import { encodeResponse } from "../../otlp/response.ts";
import { formatOf, type Signal } from "../../otlp/signals.ts";
import type { RpcStatus } from "../../rpc/rpc-status.ts";
import type { SenderLimits } from "../../senders/sender-limits.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import type { Rejection } from "../../wire/rejection.ts";
import { scan } from "../../wire/scan.ts";
import { acceptRequest } from "../accept-request.ts";
import { limitText } from "../limit-text.ts";
import type { GrpcAnswer, GrpcCall, GrpcHead, RefusedCall } from "./call.ts";
import { type OpenOptions, openCall } from "./open-call.ts";

export interface GrpcReceiveOptions extends OpenOptions {
  readonly accept: Accept;
  readonly emit: Emit;
  readonly health: Health;
  /** Limit of the message, as sent and decompressed. */
  readonly maxMessageBytes: number;
  /** Milliseconds after which a client without a place in memory may try again. */
  readonly busyRetryMs: number;
  /** Turns a sender away by the head of a call, while it is over its limits; absent: once the message is read. */
  readonly limits?: SenderLimits;
  /** Where large messages are decoded and checked; absent: at once. */
  readonly inTurn?: InTurn;
}

export interface TakeContext {
  readonly abort?: AbortSignal;
  /**
   * Called when the message is no longer needed as it came: whoever holds memory for it may give that back. `bytes` are held
   * from now on; false where they are more than this client may hold.
   */
  readonly onDecoded?: (bytes: number) => boolean;
}

export interface GrpcReceive {
  /** Judges a call by its head: what to read next, or the answer at once. */
  open(head: GrpcHead): GrpcCall | RefusedCall;
  /** Takes the message of a call of kind `export` or `health-check`. Never rejects for what a client sent. */
  take(call: GrpcCall, message: GrpcMessage, context?: TakeContext): Promise<GrpcAnswer>;
  /** The answer to a call whose message could not be read: counted, and RetryInfo added where it may come again. */
  refuse(call: GrpcCall, status: RpcStatus): GrpcAnswer;
}

/** gRPC semantics without a server, parallel to `http/receive.ts`: head → message → scan → accept → answer. */
export function createReceive(options: GrpcReceiveOptions): GrpcReceive {
  const { accept: makeDurable, emit, health, maxMessageBytes, inTurn = atOnce } = options;
  return { open, take, refuse };

  function open(head: GrpcHead): GrpcCall | RefusedCall {
    const opened = openCall(head, options);
    if (opened.kind === "refused") refused(opened.status);
    return opened.kind === "refused" ? opened : (overLimit(opened) ?? opened);
  }

  function overLimit({ sender, signal }: GrpcCall): RefusedCall | undefined {
    const over = sender && options.limits?.refusal(sender);
    if (!over) return undefined;
    const { limit, retryAfterMs } = over;
    const name = signal && { signal: signal.name };
    emit("request.limited", { ...name, transport: "grpc", sender: sender.name, limit, retryAfterMs });
    return { kind: "refused", httpStatus: 200, status: limited(limit, retryAfterMs) };
  }

  async function take(call: GrpcCall, message: GrpcMessage, context: TakeContext = {}): Promise<GrpcAnswer> {
    const checked = await check(call, message);
    const bytes = checked.kind === "answer" ? 0 : checked.received.bytes.length;
    const isHeld = context.onDecoded?.(bytes) ?? true;
    if (checked.kind === "answer") return checked.answer;
    return isHeld ? accept(checked.received, checked.signal, context.abort) : refuse(call, noRoom);
  }

  /** Decodes and validates: at once, or in a turn of its own what is large or may become so. */
  async function check(call: GrpcCall, message: GrpcMessage): Promise<Checked> {
    const { encoding } = call;
    if (isLight(message.bytes, message.compressed ? encoding : undefined)) {
      const content = decodeMessage(message, encoding, Math.min(maxMessageBytes, lightBytes));
      const isLarge = content.kind === "refused" && content.status.code === grpcCode.resourceExhausted;
      if (!isLarge || maxMessageBytes <= lightBytes) return checkContent(call, content);
    }
    return inTurn(() => checkContent(call, decodeMessage(message, encoding, maxMessageBytes)));
  }

  function checkContent(call: GrpcCall, content: DecodedMessage): Checked {
    if (content.kind === "refused") return answered(refuse(call, content.status));
    const { signal, metadata, sender, clientAddress } = call;
    if (signal === undefined) return answered(answerHealth(content.bytes));
    const scanned = scan(content.bytes, signal.request);
    if (scanned.kind === "rejected") return answered(refuse(call, statusOf(scanned)));
    const { bytes, gzip } = content;
    const received = {
      format: formatOf(signal),
      items: scanned.items,
      bytes,
      ...(gzip && { gzip }),
      ...(metadata && { metadata }),
      ...(sender && { sender }),
      ...(clientAddress !== undefined && { clientAddress }),
    };
    return { kind: "checked", received, signal };
  }

  async function accept(
    received: ReceivedRequest,
    signal: Signal,
    abort: AbortSignal | undefined,
  ): Promise<GrpcAnswer> {
    const acceptance = await acceptRequest(received, { accept: makeDurable, emit, transport: "grpc", abort });
    if (acceptance.kind === "unavailable") {
      const { retryAfterMs, limit } = acceptance;
      if (limit !== undefined) return { status: limited(limit, retryAfterMs) };
      return {
        status: { code: grpcCode.unavailable, message: "could not be stored: send it again later", retryAfterMs },
      };
    }
    const { rejected } = acceptance;
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

  function refused({ code, message }: RpcStatus, signal?: Signal["name"]): void {
    const reason = reasons[code] ?? "other";
    emit("request.refused", { transport: "grpc", status: code, reason, message, ...(signal && { signal }) });
  }
}

/** RESOURCE_EXHAUSTED with RetryInfo is sent again, without it dropped (OTLP specification, "OTLP/gRPC Throttling"). */
function limited(limit: string, retryAfterMs: number): RpcStatus {
  return { code: grpcCode.resourceExhausted, message: limitText(limit), retryAfterMs };
}

const noRoom = { code: grpcCode.unavailable, message: "this connection has too much under way: send it again later" };

type Checked =
  | { readonly kind: "checked"; readonly received: ReceivedRequest; readonly signal: Signal }
  | { readonly kind: "answer"; readonly answer: GrpcAnswer };

function answered(answer: GrpcAnswer): Checked {
  return { kind: "answer", answer };
}

function statusOf({ isTooLarge, message, path }: Rejection): RpcStatus {
  if (isTooLarge) return { code: grpcCode.resourceExhausted, message: `${message} Send smaller batches.` };
  const violations = [{ field: path, description: message }];
  return { code: grpcCode.invalidArgument, message: path === "" ? message : `${message} at ${path}`, violations };
}

async function atOnce<T>(work: () => T): Promise<T> {
  return work();
}

const reasons: Readonly<Record<number, string>> = {
  [grpcCode.invalidArgument]: "malformed",
  [grpcCode.deadlineExceeded]: "slow",
  [grpcCode.resourceExhausted]: "too-large",
  [grpcCode.unimplemented]: "unsupported",
  [grpcCode.internal]: "malformed",
  [grpcCode.unauthenticated]: "token",
};
