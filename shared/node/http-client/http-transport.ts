import type { ExportRequest, Transport, TransportAnswer } from "../../delivery/transport.ts";
import { requestHead } from "../../http/request-head.ts";
import { startExchangeTime } from "./exchange-time.ts";
import type { Answered, Asking } from "./http-connection.ts";
import { createHttpConnections } from "./http-connections.ts";
import { createWays, type Way, type WaysOptions } from "./http-ways.ts";
import { transportFailure } from "./transport-failure.ts";

export interface HttpTransportOptions extends WaysOptions {
  /** Connections to one destination; default 8. */
  readonly maxSockets?: number;
  /** Most bytes read of an answer; default 1 MiB, so that a long partial success keeps its count. The rest is not waited for. */
  readonly maxAnswerBytes?: number;
  /** Most time for a connection to open, TLS beside, milliseconds; default as long as the request has. */
  readonly connectTimeoutMs?: number;
  /** How long an idle connection is kept, milliseconds; default 30 s. */
  readonly keepAliveMs?: number;
}

export interface HttpTransport extends Transport {
  /** Closes idle connections. */
  close(): void;
}

/**
 * Posts over HTTP/1.1 with kept-alive connections. One that the other side closed while it was idle, as happens while a Lambda is
 * frozen, is replaced once, by a fresh one: a request is sent twice at most. Certificate errors and malformed URLs are `permanent`.
 */
export function createHttpTransport(options: HttpTransportOptions = {}): HttpTransport {
  const { maxSockets = 8, maxAnswerBytes = 1024 * 1024, keepAliveMs = 30_000, connectTimeoutMs } = options;
  const limit = { maxBytes: maxAnswerBytes, isCut: true };
  const connections = createHttpConnections({
    maxConnections: maxSockets,
    maxIdle: maxSockets,
    maxIdleMs: keepAliveMs,
    connectTimeoutMs,
  });
  const wayOf = createWays(options);

  function askingOf(
    { headers, body }: ExportRequest,
    { place, isProxied, proxyHeaders }: Way,
  ): Asking<TransportAnswer> {
    const line = { method: "POST", place, isProxied, bodyBytes: body.byteLength } as const;
    return {
      head: requestHead(line, isProxied ? { ...headers, ...proxyHeaders } : headers),
      body,
      limit,
      finish: answerOf,
    };
  }

  async function post(request: ExportRequest, given: Parameters<Transport["post"]>[1]): Promise<TransportAnswer> {
    const timeoutMs = Math.max(1, Math.ceil(given.timeoutMs));
    const way = wayOf(request);
    if (!way) return { kind: "failed", reason: `not an HTTP URL: ${request.url}`, permanent: true };
    const time = startExchangeTime(timeoutMs, given.abort);
    try {
      return await connections.ask(way.route, askingOf(request, way), time);
    } catch (error) {
      if (time.isLate()) return { kind: "failed", reason: `no answer within ${timeoutMs} ms`, permanent: false };
      return transportFailure(error as NodeJS.ErrnoException);
    } finally {
      time.end();
    }
  }

  return { post, close: connections.close };
}

function answerOf(answered: Answered): TransportAnswer {
  const { status, headers } = answered.head;
  // Nobody asked for another protocol.
  if (status === 101) {
    return { kind: "failed", reason: "answered HTTP 101, which nobody asked for", permanent: false };
  }
  return { kind: "answered", status, headers, body: answered.lastingBody() };
}
