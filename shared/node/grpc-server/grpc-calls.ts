import { EventEmitter } from "node:events";
import { constants, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { type Budget, connectionShare, createShare, type Share } from "../../commit/budget.ts";
import { grpcCode } from "../../grpc/status.ts";
import type { GrpcCall, GrpcHead } from "../../receivers/otlp-grpc/call.ts";
import type { IdleConnections } from "../idle-connections.ts";
import { answer, type CallContext, serveCall, serveWatch } from "./grpc-call.ts";

export interface CallsOptions extends Omit<CallContext, "share"> {
  readonly budget: Budget;
  readonly sessions: IdleConnections<ServerHttp2Session>;
}

/** The calls of all connections of a server. */
export interface Calls {
  /** Serves a call; `raw` has its headers as they came, whose memory is counted. */
  serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]): void;
  count(): number;
}

/** What Node holds for a call beside its message, and its headers, which it holds twice. */
const callPrice = 8192;

function priceOf(rawHeaders: readonly string[]): number {
  let bytes = 0;
  for (const text of rawHeaders) bytes += text.length;
  return callPrice + 2 * bytes;
}

const maxWatches = 1000;
const tooManyWatches = {
  code: grpcCode.resourceExhausted,
  message: "too many clients watch the health of this server",
};
const noRoom = {
  code: grpcCode.unavailable,
  message: "the memory for requests in flight is used up: send it again later",
};
/** Bounds calls by memory, and those that watch by number. */
export function createCalls(options: CallsOptions): Calls {
  const shares = new WeakMap<object, Share>();
  let calls = 0;
  let watches = 0;

  return { serve, count: () => calls };

  function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]): void {
    stream.on("error", ignore);
    const { session } = stream;
    const price = priceOf(raw);
    const share = shareOf(session);
    const isHeld = share.reserve(price);
    calls++;
    if (session) options.sessions.begin(session as ServerHttp2Session);
    let held = isHeld ? price : 0;
    const release = () => {
      share.release(held);
      held = 0;
    };
    stream.once("close", () => {
      calls--;
      release();
      if (session) options.sessions.end(session as ServerHttp2Session);
      // A stream that is over stays until a full garbage collection: what listened to it, and so the call, need not.
      EventEmitter.prototype.removeAllListeners.call(stream);
      stream.on("error", ignore);
    });
    const opened = options.receive.open(headOf(headers, stream));
    try {
      if (opened.kind === "refused") answer(stream, opened, options);
      else if (!isHeld) answer(stream, options.receive.refuse(opened, noRoom), options);
      else if (opened.kind === "health-watch") watch(stream, opened, { share, release });
      else serveCall(stream, opened, { ...options, share });
    } catch (error) {
      options.onCrash(error);
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }

  /** What this connection may hold. */
  function shareOf(session: object | undefined): Share {
    const known = session && shares.get(session);
    if (known) return known;
    const { budget } = options;
    const share = createShare(budget, Math.floor(budget.limitBytes * connectionShare));
    if (session) shares.set(session, share);
    return share;
  }

  /** A watch goes on for as long as its client likes: it is bounded by number, and takes no room from requests. */
  function watch(stream: ServerHttp2Stream, call: GrpcCall, { share, release }: Held): void {
    if (watches >= maxWatches) {
      answer(stream, { status: tooManyWatches }, options);
      return;
    }
    watches++;
    stream.once("close", () => {
      watches--;
    });
    serveWatch(stream, call, { ...options, share });
    release();
  }
}

interface Held {
  readonly share: Share;
  readonly release: () => void;
}

function headOf(headers: IncomingHttpHeaders, { session }: ServerHttp2Stream): GrpcHead {
  const clientAddress = session?.socket.remoteAddress;
  return {
    method: headers[":method"] ?? "",
    path: headers[":path"] ?? "",
    // OTLP's headers never repeat; of those that may, Node has joined the values.
    headers: headers as Readonly<Record<string, string | undefined>>,
    ...(clientAddress !== undefined && { clientAddress }),
  };
}

function ignore(): void {}
