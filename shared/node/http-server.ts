import { createServer, STATUS_CODES } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { HttpFault } from "../http/fault.ts";
import type { HttpAnswer } from "../http/message.ts";
import { type Exchange, type ExchangeOptions, serveExchange } from "./http-exchange.ts";
import { faultOf, plainFault } from "./http-fault.ts";
import { fieldsOf, type RequestHead } from "./http-head.ts";
import { createIdleConnections } from "./idle-connections.ts";
import { listenOn } from "./listen.ts";
import { afterTurn } from "./loop-turn.ts";
import { secureContext, type TlsMaterial } from "./tls.ts";

/** Sizes in bytes as sent, times in milliseconds. */
export interface HttpServerOptions extends Pick<ExchangeOptions, "handle" | "admit"> {
  readonly maxBodyBytes: number;
  /**
   * The answer to what the server refuses by itself; `head` is missing where there was none to read. The default is plain
   * text. `admit` is asked before a body is read (`declaredBytes` is undefined for chunked bodies): an answer refuses.
   */
  readonly answerFault?: (fault: HttpFault, head?: RequestHead) => HttpAnswer;
  /** Asked for room before anything of a request is held: false refuses it with `no-room`; `release` gives it back. */
  readonly keep?: (bytes: number) => boolean;
  readonly release?: (bytes: number) => void;
  /** Most bytes that one connection, which serves one request after the other, may hold. */
  readonly maxConnectionBytes?: number;
  readonly headersTimeoutMs?: number;
  readonly bodyTimeoutMs?: number;
  readonly keepAliveTimeoutMs?: number;
  /** A body that brings less than this on average, `graceMs` forgiven, is answered 503. */
  readonly minBytesPerSecond?: number;
  readonly graceMs?: number;
  readonly maxHeaderBytes?: number;
  /** Beyond it, the connection that has been idle for longest is closed. */
  readonly maxConnections?: number;
  /** How much of a refused body is read and thrown away so that the answer arrives. */
  readonly drainBytes?: number;
  readonly drainMs?: number;
  /** Of a repeated header: what `node:http` makes of it (joined, or the first), or the last value. */
  readonly repeatedHeaders?: "combined" | "last";
  readonly tls?: TlsMaterial;
}

export interface HttpServer {
  /** Uses another certificate for connections from now on; throws, changing nothing, when it cannot be used. */
  setTls(tls: TlsMaterial): void;
  /** Rejects with the system's error (`EADDRINUSE`, `EACCES`, …). */
  listen(port: number, host: string): Promise<{ port: number }>;
  /** Stops accepting, lets requests in flight finish until the deadline, then cuts what is left. Idempotent. */
  close(deadlineMs: number): Promise<void>;
  /** Right now: open connections, unanswered requests, and the bytes held for them. */
  load(): { connections: number; requests: number; bytes: number };
}

const defaults = {
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  minBytesPerSecond: 256,
  graceMs: 20_000,
  maxHeaderBytes: 64 * 1024,
  maxConnections: 10_000,
  maxConnectionBytes: Number.POSITIVE_INFINITY,
  drainBytes: 64 * 1024 * 1024,
  drainMs: 5000,
};
const maxPipelined = 16;
/** On close: time for a request whose first bytes are already on their way. */
const graceOnCloseMs = 250;

/**
 * An HTTP/1.1 server hardened against slow, huge and broken clients, which knows nothing of OTLP: it turns sockets into
 * `HttpRequest`s and `HttpAnswer`s into responses. Requests of one connection are handled one after the other.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const settings = { ...defaults, ...options };
  const answerFault = options.answerFault ?? plainFault;
  const pipelines = new Map<Socket, Pipeline>();
  const connections = createIdleConnections<Socket>(settings.maxConnections);
  let heldBytes = 0;
  let closing: Promise<void> | undefined;

  const exchangeOptions: ExchangeOptions = {
    ...settings,
    maxBytes: settings.maxBodyBytes,
    timeoutMs: settings.bodyTimeoutMs,
    repeatedHeaders: settings.repeatedHeaders ?? "combined",
    answerFault,
    keep(bytes) {
      if (options.keep?.(bytes) === false) return false;
      heldBytes += bytes;
      return true;
    },
    release(bytes) {
      heldBytes -= bytes;
      options.release?.(bytes);
    },
    isLast: () => closing !== undefined,
  };
  const server = serverOf(settings);
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
  });
  server.on(settings.tls ? "secureConnection" : "connection", (socket: Socket) => {
    pipelines.set(socket, { pending: 0, begun: 0, last: Promise.resolve(), current: undefined });
    socket.once("close", () => pipelines.delete(socket));
  });
  server.on("request", (request, response) => enqueue({ request, response, expectsContinue: false }));
  server.on("checkContinue", (request, response) => enqueue({ request, response, expectsContinue: true }));
  server.on("clientError", refuseBroken);
  server.on("tlsClientError", (error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_SSL_HTTP_REQUEST") answerFault(plainOnTls);
  });

  return {
    listen: (port, host) => listenOn(server, port, host),
    setTls(material) {
      if ("setSecureContext" in server) server.setSecureContext(secureContext(material));
    },
    close(deadlineMs) {
      closing ??= close(deadlineMs);
      return closing;
    },
    load() {
      let requests = 0;
      for (const { pending } of pipelines.values()) requests += pending;
      return { connections: pipelines.size, requests, bytes: heldBytes };
    },
  };

  // Pipelined requests wait for the one before: one connection holds at most one body in memory.
  function enqueue(exchange: Exchange): void {
    const { request, response } = exchange;
    const pipeline = pipelines.get(request.socket);
    if (!pipeline || pipeline.pending >= maxPipelined) {
      request.socket.destroy();
      return;
    }
    const raw = rawSocketOf(request.socket);
    connections.begin(raw);
    pipeline.begun++;
    const abort = new AbortController();
    if (pipeline.pending++ === 0) pipeline.current = exchange;
    response.once("close", () => {
      pipeline.pending--;
      connections.end(raw);
      if (!response.writableFinished) abort.abort(new Error("the client went away"));
    });
    pipeline.last = pipeline.last
      .then(() => {
        pipeline.current = exchange;
        return serveExchange(exchange, abort.signal, exchangeOptions);
      })
      .catch(() => void request.socket.destroy());
  }

  async function close(deadlineMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const grace = setTimeout(() => cut(connections.isIdle), Math.min(graceOnCloseMs, deadlineMs));
    const deadline = setTimeout(() => cut(() => true), deadlineMs);
    await closed;
    clearTimeout(grace);
    clearTimeout(deadline);
  }

  function cut(which: (socket: Socket) => boolean): void {
    for (const socket of [...connections.all()]) if (which(socket)) socket.destroy();
  }

  function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!socket.writable || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const fault = faultOf(error);
    if (fault.kind !== "slow") {
      answerBroken(fault, socket);
      return;
    }
    const begun = pipelines.get(socket)?.begun;
    // A head that came while the loop was busy is read before its client is called slow.
    afterTurn(() => {
      if (pipelines.get(socket)?.begun === begun && socket.writable) answerBroken(fault, socket);
    });
  }

  function answerBroken(fault: HttpFault, socket: Socket): void {
    const { pending, current, last } = pipelines.get(socket) ?? noPipeline;
    // An answer already due belongs to another request: a 400 in its place would lie about that one.
    const inBody = pending === 1 && current?.request.complete === false && !current.response.headersSent;
    if (pending > 0 && !inBody) {
      // What was whole before the broken bytes is answered, or its sender would send it a second time.
      void last.finally(() => socket.destroySoon());
      return;
    }
    const answer = answerFault(fault);
    const fields = Object.entries(fieldsOf(answer, true)).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(
      Buffer.concat([
        Buffer.from(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}\r\n${fields.join("")}\r\n`),
        answer.body,
      ]),
    );
    setTimeout(() => socket.destroy(), 1000).unref();
  }
}

function serverOf(settings: typeof defaults & HttpServerOptions) {
  const serverOptions = {
    maxHeaderSize: settings.maxHeaderBytes,
    headersTimeout: settings.headersTimeoutMs,
    // The body's own limit comes first: its answer asks the client to come back.
    requestTimeout: settings.headersTimeoutMs + 2 * settings.bodyTimeoutMs + settings.drainMs,
    keepAliveTimeout: settings.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(1000, settings.headersTimeoutMs / 2)),
    noDelay: true,
  };
  if (!settings.tls) return createServer(serverOptions);
  return createTlsServer({
    ...serverOptions,
    handshakeTimeout: settings.headersTimeoutMs,
    ...secureContext(settings.tls),
  });
}

/** The socket below TLS, which is the one that the system knows. */
function rawSocketOf(socket: Socket & { readonly _parent?: Socket }): Socket {
  return socket._parent ?? socket;
}

/** `last` settles when every request so far is answered; `current` is the one being served, `begun` counts them all. */
interface Pipeline {
  pending: number;
  begun: number;
  last: Promise<void>;
  current: Exchange | undefined;
}

const noPipeline: Pipeline = { pending: 0, begun: 0, current: undefined, last: Promise.resolve() };
const plainOnTls: HttpFault = {
  kind: "broken",
  status: 400,
  reason: "plain",
  message: "This port serves HTTPS, and the client sent plain HTTP: use https:// in its endpoint.",
};
