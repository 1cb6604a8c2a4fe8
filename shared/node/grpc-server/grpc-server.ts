import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type SecureServerOptions,
  type ServerHttp2Session,
} from "node:http2";
import { Server as NetServer, type Socket } from "node:net";
import type { Budget } from "../../commit/budget.ts";
import type { Health } from "../../grpc/health.ts";
import type { GrpcReceive } from "../../receivers/otlp-grpc/receive.ts";
import { createIdleConnections } from "../idle-connections.ts";
import { listenOn } from "../listen.ts";
import { secureContext, type TlsMaterial } from "../tls.ts";
import { createCalls } from "./grpc-calls.ts";
import { guardSession } from "./grpc-guard.ts";
import { keepAlive } from "./grpc-keepalive.ts";

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
  /** A connection is asked to end after this long, whatever its calls, and cut this much later; default never. */
  readonly ageMs?: number;
  readonly ageGraceMs?: number;
  /** A connection is asked for a sign of life this often, and cut when it gives none in time; default never. */
  readonly pingMs?: number;
  readonly pingTimeoutMs?: number;
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
  /** Takes a connection that somebody else has accepted, of whom `maxSockets` may be open. */
  adopt(socket: Socket): void;
  readonly maxSockets: number;
  /** Uses another certificate for connections from now on; throws, changing nothing, when it cannot be used. */
  setTls(tls: TlsMaterial): void;
  /** GOAWAY to every client, calls in flight finish until the deadline, then what is left is cut. Idempotent. */
  close(deadlineMs: number): Promise<void>;
  load(): { readonly connections: number; readonly calls: number };
}

const defaults = {
  messageTimeoutMs: 30_000,
  maxConnections: 10_000,
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
  const calls = createCalls({ ...settings, sessions, stopping: stopping.signal });
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
  const maxSockets = 2 * settings.maxConnections;
  server.maxConnections = maxSockets;
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
    keepAlive(session, settings);
  });
  server.on("stream", (stream, headers, _flags, raw) => calls.serve(stream, headers, raw));
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
    adopt: (socket) => void server.emit("connection", socket),
    maxSockets,
    setTls(tls) {
      if ("setSecureContext" in server)
        (server as ReturnType<typeof createSecureServer>).setSecureContext(secureContext(tls));
    },
    close(deadlineMs) {
      closing ??= close(deadlineMs);
      return closing;
    },
    load: () => ({ connections: sessions.count(), calls: calls.count() }),
  };

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

/** NGHTTP2_ERR_BAD_CLIENT_MAGIC: the first bytes are not those of HTTP/2. */
const badClientMagic = -903;
const http1Message =
  "This port serves OTLP/gRPC without TLS, and the client spoke HTTP/1 or began a TLS handshake: OTLP/HTTP has a port of its own, 4318 by default.";
const alpnMessage = "This port serves gRPC over TLS, and the client did not offer HTTP/2 (ALPN h2).";
