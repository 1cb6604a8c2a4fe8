import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";
import { drainBody, readBody } from "./http-body.ts";
import { fieldsOf, headOf, plain, type RequestHead, requestOf } from "./http-head.ts";
import { listenOn } from "./listen.ts";
import { secureContext, type TlsMaterial } from "./tls.ts";

export interface RequestContext {
  /** Aborts when the client goes away and when `close()` runs out of time. */
  readonly abort: AbortSignal;
  readonly head: RequestHead;
}

/** Sizes in bytes as sent, times in milliseconds. */
export interface HttpServerOptions {
  readonly handle: (request: HttpRequest, context: RequestContext) => Promise<HttpAnswer>;
  readonly maxBodyBytes: number;
  readonly onTooLarge: (head: RequestHead) => HttpAnswer;
  /** Asked before a body is read; an answer refuses the request. `declaredBytes` is undefined for chunked bodies. */
  readonly admit?: (declaredBytes: number | undefined, head: RequestHead) => HttpAnswer | undefined;
  /** Asked for room before each part of a body is held: false ends the request with `onNoRoom`; `release` gives it back. */
  readonly keep?: (bytes: number) => boolean;
  readonly release?: (bytes: number) => void;
  /** The default is 503 with Retry-After. */
  readonly onNoRoom?: (head: RequestHead) => HttpAnswer;
  /** Called when `handle` rejects or answers what HTTP cannot carry; the default is 503 with Retry-After. */
  readonly onCrash?: (error: unknown, head: RequestHead) => HttpAnswer;
  readonly headersTimeoutMs?: number;
  readonly bodyTimeoutMs?: number;
  readonly keepAliveTimeoutMs?: number;
  /** A body that brings less than this over any `progressMs` is answered 408. */
  readonly minBytesPerSecond?: number;
  readonly progressMs?: number;
  readonly maxHeaderBytes?: number;
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
  /** Right now: open connections, unanswered requests, and the bytes of their bodies held in memory. */
  load(): { connections: number; requests: number; bytes: number };
}

const defaults = {
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  minBytesPerSecond: 256,
  progressMs: 5000,
  maxHeaderBytes: 64 * 1024,
  maxConnections: 10_000,
  drainBytes: 64 * 1024 * 1024,
  drainMs: 5000,
};
const answerTimeoutMs = 30_000;
const maxPipelined = 64;
/** On close: time for a request whose first bytes are already on their way. */
const graceMs = 250;

/**
 * An HTTP/1.1 server hardened against slow, huge and broken clients, which knows nothing of OTLP: it turns sockets into
 * `HttpRequest`s and `HttpAnswer`s into responses. Requests of one connection are handled one after the other.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const settings = { ...defaults, ...options };
  const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs, minBytesPerSecond, progressMs } = settings;
  const limits = { maxBytes, timeoutMs, minBytesPerSecond, progressMs };
  const connections = new Map<Socket, Connection>();
  const sockets = new Set<Socket>();
  let heldBytes = 0;
  let closing: Promise<void> | undefined;

  const serverOptions = {
    maxHeaderSize: settings.maxHeaderBytes,
    headersTimeout: settings.headersTimeoutMs,
    requestTimeout: settings.headersTimeoutMs + settings.bodyTimeoutMs + settings.drainMs,
    keepAliveTimeout: settings.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(1000, settings.headersTimeoutMs / 2)),
    noDelay: true,
  };
  const tls = options.tls && { handshakeTimeout: settings.headersTimeoutMs, ...secureContext(options.tls) };
  const server = tls ? createTlsServer({ ...serverOptions, ...tls }) : createServer(serverOptions);
  server.maxConnections = settings.maxConnections;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on(tls ? "secureConnection" : "connection", (socket: Socket) => {
    connections.set(socket, { pending: 0, last: Promise.resolve(), current: undefined });
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", (request, response) => enqueue({ request, response, expectsContinue: false }));
  server.on("checkContinue", (request, response) => enqueue({ request, response, expectsContinue: true }));
  server.on("clientError", refuseBroken);

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
      for (const { pending } of connections.values()) requests += pending;
      return { connections: connections.size, requests, bytes: heldBytes };
    },
  };

  // Pipelined requests wait for the one before: one connection holds at most one body in memory.
  function enqueue(exchange: Exchange): void {
    const { request, response } = exchange;
    const connection = connections.get(request.socket);
    if (!connection || connection.pending >= maxPipelined) {
      request.socket.destroy();
      return;
    }
    const abort = new AbortController();
    if (connection.pending++ === 0) connection.current = exchange;
    response.once("close", () => {
      connection.pending--;
      if (!response.writableFinished) abort.abort(new Error("the client went away"));
    });
    connection.last = connection.last
      .then(() => {
        connection.current = exchange;
        return serve(exchange, { abort: abort.signal, head: headOf(request, settings.repeatedHeaders ?? "combined") });
      })
      .catch(() => void request.socket.destroy());
  }

  async function serve(exchange: Exchange, context: RequestContext): Promise<void> {
    const { head } = context;
    const refusal = refuse(exchange.request, head);
    if (refusal) return answerEarly(exchange, refusal);
    if (exchange.expectsContinue) exchange.response.writeContinue();
    let held = 0;
    const body = await readBody(exchange.request, limits, (count) => {
      if (settings.keep?.(count) === false) return false;
      held += count;
      heldBytes += count;
      return true;
    });
    if (body.kind === "body") {
      const answer = await answerTo({ ...requestOf(head), body: body.bytes }, context);
      release();
      return write(exchange, answer, head);
    }
    release();
    if (body.kind === "no-room") return answerEarly(exchange, settings.onNoRoom?.(head) ?? again());
    if (body.kind === "too-large") return answerEarly(exchange, settings.onTooLarge(head));
    if (body.kind === "stalled") return answerEarly(exchange, plain(408, "The body came too slowly."));

    function release(): void {
      heldBytes -= held;
      settings.release?.(held);
    }
  }

  async function answerTo(request: HttpRequest, context: RequestContext): Promise<HttpAnswer> {
    try {
      return await settings.handle(request, context);
    } catch (error) {
      return crashed(error, context.head);
    }
  }

  function refuse(request: IncomingMessage, head: RequestHead): HttpAnswer | undefined {
    const coding = request.headers["transfer-encoding"];
    if (coding !== undefined && coding.trim().toLowerCase() !== "chunked") {
      return plain(501, `Transfer-Encoding "${coding.slice(0, 64)}" is not supported: send chunked or Content-Length.`);
    }
    const declared = coding === undefined ? Number(request.headers["content-length"] ?? 0) : undefined;
    if (declared !== undefined && declared > settings.maxBodyBytes) return settings.onTooLarge(head);
    return settings.admit?.(declared, head);
  }

  async function answerEarly({ request, response }: Exchange, answer: HttpAnswer): Promise<void> {
    if (request.socket.destroyed) return;
    response.writeHead(answer.status, fieldsOf(answer, true));
    // Complete for the client, but not ended: ending would close the socket under what is still arriving.
    if (answer.body.length > 0) response.write(answer.body);
    else response.flushHeaders();
    await drainBody(request, { maxBytes: settings.drainBytes, timeoutMs: settings.drainMs });
    response.end();
  }

  async function write({ request, response }: Exchange, answer: HttpAnswer, head: RequestHead): Promise<void> {
    if (request.socket.destroyed) return;
    let written = answer;
    try {
      response.writeHead(written.status, fieldsOf(written, closing !== undefined));
    } catch (error) {
      written = crashed(error, head);
      response.writeHead(written.status, fieldsOf(written, true));
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => request.socket.destroy(), answerTimeoutMs);
      response.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      response.end(written.body);
    });
  }

  function crashed(error: unknown, head: RequestHead): HttpAnswer {
    return settings.onCrash?.(error, head) ?? again();
  }

  async function close(deadlineMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const grace = setTimeout(() => cut(({ pending }) => pending === 0), Math.min(graceMs, deadlineMs));
    const deadline = setTimeout(() => cut(() => true), deadlineMs);
    await closed;
    clearTimeout(grace);
    clearTimeout(deadline);
  }

  function cut(which: (connection: Pick<Connection, "pending">) => boolean): void {
    for (const socket of sockets) if (which(connections.get(socket) ?? { pending: 0 })) socket.destroy();
  }

  function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
    const { pending, current, last } = connections.get(socket) ?? noConnection;
    // An answer already due belongs to another request: a 400 in its place would lie about that one.
    const inBody = pending === 1 && current?.request.complete === false && !current.response.headersSent;
    if (!socket.writable || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    if (pending > 0 && !inBody) {
      // What was whole before the broken bytes is answered, or its sender would send it a second time.
      void last.finally(() => socket.destroySoon());
      return;
    }
    const { status, reason } = brokenRequests[error.code ?? ""] ?? notHttp;
    const fields = `connection: close\r\ncontent-type: text/plain\r\ncontent-length: ${reason.length}`;
    socket.end(`HTTP/1.1 ${status}\r\n${fields}\r\n\r\n${reason}`);
    setTimeout(() => socket.destroy(), 1000).unref();
  }
}

function again(): HttpAnswer {
  return { ...plain(503, "Please send it again."), headers: { "retry-after": "1" } };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
}

/** `last` settles when every request so far is answered; `current` is the one being served. */
interface Connection {
  pending: number;
  last: Promise<void>;
  current: Exchange | undefined;
}

const noConnection: Connection = { pending: 0, current: undefined, last: Promise.resolve() };
const notHttp = { status: "400 Bad Request", reason: "This is not a well-formed HTTP/1.1 request." };
const brokenRequests: Readonly<Record<string, { status: string; reason: string }>> = {
  HPE_HEADER_OVERFLOW: { status: "431 Request Header Fields Too Large", reason: "The headers are too large." },
  ERR_HTTP_REQUEST_TIMEOUT: { status: "408 Request Timeout", reason: "The request came too slowly." },
};
