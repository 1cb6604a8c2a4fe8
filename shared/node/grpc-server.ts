import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { Server as NetServer, type Socket } from "node:net";
import { type Budget, connectionShare, createShare, type Share } from "../commit/budget.ts";
import type { Health } from "../grpc/health.ts";
import { grpcCode } from "../grpc/status.ts";
import type { GrpcCall, GrpcHead, GrpcReceive } from "../receivers/otlp-grpc/receive.ts";
import { answer, serveCall, serveWatch } from "./grpc-call.ts";
import { guardSession } from "./grpc-guard.ts";
import { createIdleConnections } from "./idle-connections.ts";
import { listenOn } from "./listen.ts";
import { secureContext, type TlsMaterial } from "./tls.ts";

/** Sizes in bytes, times in milliseconds. */
export interface GrpcServerOptions {
  readonly receive: GrpcReceive;
  readonly health: Health;
  /** Memory for messages on their way in, shared with whoever holds them next. */
  readonly budget: Budget;
  readonly maxMessageBytes: number;
  readonly tls?: TlsMaterial;
  /** A message must be complete this long after its call began. */
  readonly messageTimeoutMs?: number;
  readonly maxConnections?: number;
  readonly maxStreamsPerConnection?: number;
  /** Bytes that a client may send ahead on one call, and on all calls of a connection together. */
  readonly streamWindowBytes?: number;
  readonly connectionWindowBytes?: number;
  /** A connection without a call is closed after this long; clients open another when they need one. */
  readonly idleMs?: number;
  /** An answer that its client has not read by then is given up. */
  readonly answerTimeoutMs?: number;
  /** Called for connections that do not speak HTTP/2: the class that is counted and a sentence for whoever configured them. */
  readonly onBroken?: (reason: string, message: string) => void;
  /** Called for faults of the program, not of clients. */
  readonly onCrash: (error: unknown) => void;
}

export interface GrpcServer {
  /** Rejects with the system's error (`EADDRINUSE`, `EACCES`, …). */
  listen(port: number, host: string): Promise<{ port: number }>;
  /** Uses another certificate for connections from now on; throws, changing nothing, when it cannot be used. */
  setTls(tls: TlsMaterial): void;
  /** GOAWAY to every client, calls in flight finish until the deadline, then what is left is cut. Idempotent. */
  close(deadlineMs: number): Promise<void>;
  load(): { readonly connections: number; readonly calls: number };
}

const defaults = {
  messageTimeoutMs: 30_000,
  maxConnections: 4096,
  maxStreamsPerConnection: 256,
  idleMs: 300_000,
  answerTimeoutMs: 30_000,
  streamWindowBytes: 1024 * 1024,
  connectionWindowBytes: 4 * 1024 * 1024,
};
const maxHeaderListBytes = 16 * 1024;
/** On close: time for calls that clients sent before they saw the GOAWAY. */
const graceMs = 250;
const tcpKeepAliveMs = 60_000;
const handshakeTimeoutMs = 10_000;
/** What Node holds for a call beside its message, and its headers, which it holds twice. */
const callPrice = 8192;

/**
 * gRPC framing on `node:http2`, parallel to `http-server.ts`: it moves messages between streams and `receive`, and bounds
 * connections, streams, windows, header lists, resets, pings and time (docs/decisions/0070-grpc-on-http2.md).
 */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const settings = { ...defaults, ...options };
  const sessions = createIdleConnections<ServerHttp2Session>(settings.maxConnections);
  // Those with a session, and those still shaking hands for TLS.
  const sockets = new Set<Socket>();
  const stopping = new AbortController();
  const context = { ...settings, stopping: stopping.signal };
  const shares = new WeakMap<object, Share>();
  let calls = 0;
  let watches = 0;
  let closing: Promise<void> | undefined;

  const sessionOptions: SecureServerOptions = {
    settings: {
      maxConcurrentStreams: settings.maxStreamsPerConnection,
      initialWindowSize: settings.streamWindowBytes,
      maxHeaderListSize: maxHeaderListBytes,
      enablePush: false,
    },
    // Frames to a client that does not read, header blocks of open streams: what the windows do not bound.
    maxSessionMemory: 10,
    maxSettings: 32,
  };
  const server: Http2Server = settings.tls
    ? (createSecureServer({
        ...sessionOptions,
        handshakeTimeout: handshakeTimeoutMs,
        ...secureContext(settings.tls),
      }) as Http2Server)
    : createServer(sessionOptions);
  server.maxConnections = 2 * settings.maxConnections;
  server.on("connection", (socket: Socket) => {
    socket.setKeepAlive(true, tcpKeepAliveMs);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("session", (session) => {
    sessions.add(session);
    // Whoever has nothing to send gives the connection back; GOAWAY lets calls that are on their way finish.
    session.setTimeout(settings.idleMs, () => session.close());
    session.setLocalWindowSize(settings.connectionWindowBytes);
    guardSession(session);
  });
  server.on("stream", serve);
  // Broken clients end their own session, and only that one.
  server.on("sessionError", (error: NodeJS.ErrnoException) => {
    if (error.errno === badClientMagic) options.onBroken?.("http1", http1Message);
  });
  server.on("unknownProtocol", (socket: Socket) => {
    options.onBroken?.("alpn", alpnMessage);
    socket.destroy();
  });

  return {
    listen: (port, host) => listenOn(server, port, host),
    setTls(tls) {
      if ("setSecureContext" in server)
        (server as ReturnType<typeof createSecureServer>).setSecureContext(secureContext(tls));
    },
    close(deadlineMs) {
      closing ??= close(deadlineMs);
      return closing;
    },
    load: () => ({ connections: sessions.count(), calls }),
  };

  function serve(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    raw: readonly string[],
  ): void {
    stream.on("error", ignore);
    const { session } = stream;
    const price = priceOf(raw);
    const share = shareOf(session);
    const isHeld = share.reserve(price);
    calls++;
    if (session) sessions.begin(session as ServerHttp2Session);
    let held = isHeld ? price : 0;
    const release = () => {
      share.release(held);
      held = 0;
    };
    stream.once("close", () => {
      calls--;
      release();
      if (session) sessions.end(session as ServerHttp2Session);
    });
    const opened = settings.receive.open(headOf(headers));
    try {
      if (opened.kind === "refused") answer(stream, opened, context);
      else if (!isHeld) answer(stream, settings.receive.refuse(opened, noRoom), context);
      else if (opened.kind === "health-watch") watch(stream, opened, { share, release });
      else serveCall(stream, opened, { ...context, share });
    } catch (error) {
      settings.onCrash(error);
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }

  /** What this connection may hold. */
  function shareOf(session: object | undefined): Share {
    const known = session && shares.get(session);
    if (known) return known;
    const { budget } = settings;
    const share = createShare(budget, Math.floor(budget.limitBytes * connectionShare));
    if (session) shares.set(session, share);
    return share;
  }

  /** A watch goes on for as long as its client likes: it is bounded by number, and takes no room from requests. */
  function watch(stream: ServerHttp2Stream, call: GrpcCall, { share, release }: Held): void {
    if (watches >= maxWatches) {
      answer(stream, { status: tooManyWatches }, context);
      return;
    }
    watches++;
    stream.once("close", () => {
      watches--;
    });
    serveWatch(stream, call, { ...context, share });
    release();
  }

  async function close(deadlineMs: number): Promise<void> {
    // Only the listening: HTTP/2's own `close` would draw the line for every session at once.
    const listening = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    const open = [...sessions.all()];
    const closed = open.map((session) => new Promise((resolve) => session.once("close", resolve)));
    // The first GOAWAY names no last stream: what is on its way is still served. The second one draws the line.
    for (const session of open) if (!session.destroyed) session.goaway(constants.NGHTTP2_NO_ERROR, 2 ** 31 - 1);
    const cut = setTimeout(() => {
      for (const session of open) session.destroy();
      for (const socket of sockets) socket.destroy();
    }, deadlineMs);
    await new Promise((resolve) => setTimeout(resolve, Math.min(graceMs, deadlineMs)));
    stopping.abort();
    for (const session of open) session.close();
    await Promise.all([listening, ...closed]);
    clearTimeout(cut);
  }
}

interface Held {
  readonly share: Share;
  readonly release: () => void;
}

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
/** NGHTTP2_ERR_BAD_CLIENT_MAGIC: the first bytes are not those of HTTP/2. */
const badClientMagic = -903;
const http1Message =
  "This port serves OTLP/gRPC without TLS, and the client spoke HTTP/1 or began a TLS handshake: OTLP/HTTP has a port of its own, 4318 by default.";
const alpnMessage = "This port serves gRPC over TLS, and the client did not offer HTTP/2 (ALPN h2).";

function headOf(headers: IncomingHttpHeaders): GrpcHead {
  return {
    method: headers[":method"] ?? "",
    path: headers[":path"] ?? "",
    // OTLP's headers never repeat; of those that may, Node has joined the values.
    headers: headers as Readonly<Record<string, string | undefined>>,
  };
}

function ignore(): void {}
