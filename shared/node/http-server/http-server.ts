import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { HttpFault } from "../../http/fault.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { createIdleConnections } from "../idle-connections.ts";
import { listenOn } from "../listen.ts";
import { secureContext, type TlsMaterial } from "../tls.ts";
import type { ExchangeOptions } from "./http-exchange.ts";
import { plainFault } from "./http-fault.ts";
import type { RequestHead } from "./http-head.ts";
import { createPipelines } from "./http-pipelines.ts";

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
  readonly answerTimeoutMs?: number;
  /** Every connection ends with its answer. */
  readonly closesConnections?: boolean;
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
  answerTimeoutMs: 30_000,
  minBytesPerSecond: 256,
  graceMs: 20_000,
  maxHeaderBytes: 64 * 1024,
  maxConnections: 10_000,
  maxConnectionBytes: Number.POSITIVE_INFINITY,
  drainBytes: 64 * 1024 * 1024,
  drainMs: 5000,
};
/** On close: time for a request whose first bytes are already on their way. */
const graceOnCloseMs = 250;

/**
 * An HTTP/1.1 server hardened against slow, huge and broken clients, which knows nothing of OTLP: it turns sockets into
 * `HttpRequest`s and `HttpAnswer`s into responses. Requests of one connection are handled one after the other.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const settings = { ...defaults, ...options };
  const answerFault = options.answerFault ?? plainFault;
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
    isLast: () => closing !== undefined || settings.closesConnections === true,
  };
  const pipelines = createPipelines({ connections, exchangeOptions, answerFault });
  const server = serverOf(settings);
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
  });
  server.on(settings.tls ? "secureConnection" : "connection", (socket: Socket) => pipelines.add(socket));
  server.on("request", (request, response) => pipelines.enqueue({ request, response, expectsContinue: false }));
  server.on("checkContinue", (request, response) => pipelines.enqueue({ request, response, expectsContinue: true }));
  server.on("checkExpectation", (request, response) =>
    pipelines.enqueue({ request, response, expectsContinue: false }),
  );
  server.on("connect", (_, socket: Socket) => pipelines.refuse(connecting, socket));
  server.on("clientError", (error, socket: Socket) => pipelines.refuseBroken(error, socket));
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
    load: () => ({ ...pipelines.load(), bytes: heldBytes }),
  };

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
    // Refused like everything else: counted, logged, with a Status.
    requireHostHeader: false,
  };
  if (!settings.tls) return createServer(serverOptions);
  return createTlsServer({
    ...serverOptions,
    handshakeTimeout: settings.headersTimeoutMs,
    ...secureContext(settings.tls),
  });
}

const connecting: HttpFault = {
  kind: "broken",
  status: 405,
  reason: "method",
  message: "This server is not a proxy, and CONNECT is for proxies: look at the proxy settings of the client.",
};
const plainOnTls: HttpFault = {
  kind: "broken",
  status: 400,
  reason: "plain",
  message: "This port serves HTTPS, and the client sent plain HTTP: use https:// in its endpoint.",
};
