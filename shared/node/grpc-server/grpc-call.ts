import { constants, type ServerHttp2Stream } from "node:http2";
import type { Share } from "../../commit/budget.ts";
import { acceptedEncodings } from "../../grpc/encoding.ts";
import { createMessageReader, frameMessage, type MessageReader } from "../../grpc/framing.ts";
import { type Health, watchedHealth } from "../../grpc/health.ts";
import { grpcCode, statusTrailers } from "../../grpc/status.ts";
import type { GrpcAnswer, GrpcCall } from "../../receivers/otlp-grpc/call.ts";
import type { GrpcReceive } from "../../receivers/otlp-grpc/receive.ts";

/** What a call needs of its server; sizes in bytes, times in milliseconds. */
export interface CallContext {
  readonly receive: GrpcReceive;
  readonly health: Health;
  /** What the call's connection may hold. */
  readonly share: Share;
  readonly maxMessageBytes: number;
  readonly messageTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** Aborts when the server no longer waits for open-ended calls. */
  readonly stopping: AbortSignal;
  readonly onCrash: (error: unknown) => void;
}

/** Reads the message of one unary call, hands it to `receive` and writes the answer. */
export function serveCall(stream: ServerHttp2Stream, call: GrpcCall, context: CallContext): void {
  const { receive } = context;
  const { reader, release } = readerFor(context, call);
  const { share } = context;
  let counted = 0;
  const abort = new AbortController();
  const began = performance.now();
  const deadlineMs = call.timeoutMs ?? Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined = setTimeout(late, Math.min(deadlineMs, context.messageTimeoutMs));
  let answered = false;

  stream.on("data", (chunk: Buffer) => {
    const refused = reader.push(chunk);
    if (refused) finish(receive.refuse(call, refused.status));
  });
  stream.once("end", take);
  stream.once("close", () => {
    clearTimeout(timer);
    release();
    if (!answered) abort.abort();
    answered = true;
  });

  function take(): void {
    clearTimeout(timer);
    if (answered || stream.aborted) return;
    const read = reader.end();
    if (read.kind === "refused") {
      finish(receive.refuse(call, read.status));
      return;
    }
    if (deadlineMs < Number.POSITIVE_INFINITY) {
      timer = setTimeout(late, Math.max(0, deadlineMs - (performance.now() - began)));
    }
    // The sink reserves for what it holds, uncompressed, in the tick in which the message as it came is given back.
    receive.take(call, read.message, { abort: abort.signal, onDecoded }).then(finish, crashed).finally(uncount);
  }

  function onDecoded(bytes: number): boolean {
    release();
    if (!share.count(bytes)) return false;
    counted = bytes;
    return true;
  }

  function uncount(): void {
    share.uncount(counted);
    counted = 0;
  }

  function late(): void {
    finish(
      receive.refuse(call, { code: grpcCode.deadlineExceeded, message: "the call took longer than its deadline" }),
    );
    abort.abort();
  }

  function crashed(error: unknown): void {
    context.onCrash(error);
    finish(receive.refuse(call, { code: grpcCode.unavailable, message: "please send it again" }));
  }

  function finish(result: GrpcAnswer): void {
    if (answered) return;
    answered = true;
    clearTimeout(timer);
    release();
    answer(stream, result, context);
  }
}

/** Serves `Health/Watch`: the status now and at every change, until the client or the server goes. */
export function serveWatch(stream: ServerHttp2Stream, call: GrpcCall, context: CallContext): void {
  const { reader, release } = readerFor(context, call);
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), context.messageTimeoutMs);
  let unwatch = () => {};
  const stop = () => stream.end();

  stream.on("data", (chunk: Buffer) => {
    const refused = reader.push(chunk);
    if (refused) answer(stream, context.receive.refuse(call, refused.status), context);
  });
  stream.once("end", () => {
    clearTimeout(timer);
    if (stream.destroyed || stream.headersSent) return;
    const read = reader.end();
    release();
    if (read.kind === "refused") answer(stream, context.receive.refuse(call, read.status), context);
    else watch(read.message.bytes);
  });
  stream.once("close", () => {
    clearTimeout(timer);
    release();
    unwatch();
    context.stopping.removeEventListener("abort", stop);
  });

  function watch(request: Uint8Array): void {
    let last = "";
    stream.respond(responseHeaders, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers(statusTrailers(stoppingStatus)));
    context.stopping.addEventListener("abort", stop, { once: true });
    unwatch = context.health.watch(send);
    send();

    function send(): void {
      const message = watchedHealth(request, context.health);
      if (String(message) !== last && stream.writable) stream.write(frameMessage(message));
      last = String(message);
    }
  }
}

const stoppingStatus = { code: grpcCode.unavailable, message: "the server is stopping" };

/** A `HealthCheckRequest` is a name: a larger one is nobody's. */
const maxHealthBytes = 4096;

function readerFor(context: CallContext, { kind }: GrpcCall): { reader: MessageReader; release: () => void } {
  const { share } = context;
  const maxMessageBytes = kind === "export" ? context.maxMessageBytes : maxHealthBytes;
  let reserved = 0;
  const reader = createMessageReader({
    maxMessageBytes,
    grow(moreBytes, declaredBytes) {
      // A message that cannot be held whole is turned away at its first bytes, not at its last.
      if (!share.fits(declaredBytes - reserved) || !share.reserve(moreBytes)) return false;
      reserved += moreBytes;
      return true;
    },
  });
  return {
    reader,
    release() {
      share.release(reserved);
      reserved = 0;
    },
  };
}

const responseHeaders = {
  [constants.HTTP2_HEADER_STATUS]: 200,
  [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc+proto",
  "grpc-accept-encoding": acceptedEncodings,
};

/** Writes the answer; a client that does not take it is not waited for. */
export function answer(
  stream: ServerHttp2Stream,
  result: GrpcAnswer,
  context: Pick<CallContext, "answerTimeoutMs">,
): void {
  const { status, message, httpStatus = 200 } = result;
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  const unread = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), context.answerTimeoutMs);
  stream.once("close", () => clearTimeout(unread));
  if (message && status.code === grpcCode.ok) {
    stream.respond(responseHeaders, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers(statusTrailers(status)));
    stream.end(frameMessage(message));
    return;
  }
  const headers = { ...responseHeaders, [constants.HTTP2_HEADER_STATUS]: httpStatus, ...statusTrailers(status) };
  stream.respond(headers, { endStream: true });
  if (stream.readableEnded) return;
  // What the client still sends is thrown away until the reset tells it to stop (RFC 9113 8.1).
  stream.removeAllListeners("data");
  stream.resume();
  stream.close(constants.NGHTTP2_NO_ERROR);
}
