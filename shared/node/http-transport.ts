import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ExportRequest, Transport, TransportAnswer } from "../delivery/transport.ts";
import { limitConnecting } from "./connect-timeout.ts";
import { connectionKey, connectionOptions } from "./connection-options.ts";
import { type ExchangeTime, startExchangeTime } from "./exchange-time.ts";
import { proxyOf } from "./proxy.ts";
import { parseHttpUrl, transportFailure } from "./transport-failure.ts";

export interface HttpTransportOptions {
  /** Connections to one destination; default 8. */
  readonly maxSockets?: number;
  /** Most bytes read of an answer; default 1 MiB, so that a long partial success keeps its count. The rest is not waited for. */
  readonly maxAnswerBytes?: number;
  /** Most time for a connection to open, TLS beside, milliseconds; default as long as the request has. */
  readonly connectTimeoutMs?: number;
  /** How long an idle connection is kept, milliseconds; default 30 s. */
  readonly keepAliveMs?: number;
  /** PEM certificates to trust instead of the well-known ones. */
  readonly ca?: string | readonly string[];
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up; default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface HttpTransport extends Transport {
  /** Closes idle connections. */
  close(): void;
}

type PostOptions = Parameters<Transport["post"]>[1];
/** Pools that are kept: destinations, and former TLS settings of theirs. */
const maxAgents = 64;

type Attempt = TransportAnswer | { readonly kind: "stale" };

/**
 * Posts over HTTP/1.1 with kept-alive connections. One that the other side closed while it was idle, as happens while a Lambda is
 * frozen, is replaced once, by a fresh one: a request is sent twice at most. Certificate errors and malformed URLs are `permanent`.
 */
export function createHttpTransport(options: HttpTransportOptions = {}): HttpTransport {
  const { maxSockets = 8, maxAnswerBytes = 1024 * 1024, keepAliveMs = 30_000, ca, env = {} } = options;
  const { connectTimeoutMs } = options;
  const pool = {
    keepAlive: true,
    maxSockets,
    maxFreeSockets: maxSockets,
    timeout: keepAliveMs,
    scheduling: "lifo",
  } as const;
  const trusted = ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] };
  const agents = new Map<string, HttpAgent>();

  /** One pool for each kind of connection: proxy, TLS. Former ones are closed when there are too many. */
  function agentFor(url: URL, { tls, proxyUrl = proxyOf(url, env) }: ExportRequest): HttpAgent {
    const isSecure = url.protocol === "https:";
    const key = `${url.protocol} ${proxyUrl} ${isSecure ? connectionKey(tls) : ""}`;
    const via = { proxyEnv: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl } };
    const all = { ...pool, ...(proxyUrl !== undefined && via) };
    const made = () =>
      isSecure ? new HttpsAgent({ ...all, ...trusted, ...connectionOptions(tls) }) : new HttpAgent(all);
    const agent = agents.get(key) ?? made();
    agents.delete(key);
    agents.set(key, agent);
    const [oldest] = agents.keys();
    if (agents.size > maxAgents && oldest !== undefined) {
      agents.get(oldest)?.destroy();
      agents.delete(oldest);
    }
    return agent;
  }

  async function post(request: ExportRequest, given: PostOptions): Promise<TransportAnswer> {
    const timeoutMs = Math.max(1, Math.ceil(given.timeoutMs));
    const time = startExchangeTime(timeoutMs, given.abort);
    const answer = await twice(request, time).finally(() => time.end());
    if (answer.kind === "stale") return { kind: "failed", reason: "connection reset", permanent: false };
    if (answer.kind === "failed" && time.isLate()) {
      return { kind: "failed", reason: `no answer within ${timeoutMs} ms`, permanent: false };
    }
    return answer;
  }

  async function twice(request: ExportRequest, time: ExchangeTime): Promise<Attempt> {
    const answer = await attempt(request, time);
    if (answer.kind !== "stale") return answer;
    // What was idle beside it is as stale. A second reset, on a fresh connection, is an answer: the request may have arrived.
    for (const agent of agents.values()) forgetIdle(agent);
    return attempt(request, time);
  }

  function attempt(request: ExportRequest, time: ExchangeTime): Promise<Attempt> {
    return new Promise((resolve) => {
      const url = parseHttpUrl(request.url);
      if (!url) return resolve({ kind: "failed", reason: `not an HTTP URL: ${request.url}`, permanent: true });
      const tls = url.protocol === "https:";
      const headers = { ...request.headers, "content-length": String(request.body.byteLength) };
      const agent = agentFor(url, request);
      const outgoing = open(tls ? httpsRequest : httpRequest, url, { method: "POST", agent, headers });
      if ("kind" in outgoing) return resolve(outgoing);
      outgoing.on("response", (response) => resolve(read(response, maxAnswerBytes)));
      // Nobody asked for another protocol: without this the request would never end.
      outgoing.on("upgrade", ({ statusCode }, socket) => {
        socket.destroy();
        resolve({ kind: "failed", reason: `answered HTTP ${statusCode}, which nobody asked for`, permanent: false });
      });
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        const stale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
        resolve(stale ? { kind: "stale" } : transportFailure(error));
      });
      outgoing.on("close", () => resolve({ kind: "failed", reason: "closed without an answer", permanent: false }));
      if (connectTimeoutMs !== undefined) limitConnecting(outgoing, connectTimeoutMs);
      time.watch(outgoing);
      outgoing.end(request.body);
    });
  }

  function close(): void {
    for (const agent of agents.values()) agent.destroy();
  }

  return { post, close };
}

function forgetIdle({ freeSockets }: HttpAgent): void {
  for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
}

/** A header that HTTP does not allow is thrown, not emitted. */
function open(request: typeof httpRequest, url: URL, options: RequestOptions): ClientRequest | TransportAnswer {
  try {
    return request(url, options);
  } catch (error) {
    return transportFailure(error as NodeJS.ErrnoException);
  }
}

function read(response: IncomingMessage, maxBytes: number): Promise<TransportAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxBytes) {
        resolve(answered());
        response.destroy();
      }
    });
    response.on("end", () => resolve(answered()));
    response.on("error", (error: NodeJS.ErrnoException) => resolve(transportFailure(error)));
    response.on("close", () => resolve({ kind: "failed", reason: "closed within an answer", permanent: false }));
  });

  function answered(): TransportAnswer {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
    const body = Buffer.concat(chunks, Math.min(length, maxBytes));
    return { kind: "answered", status: response.statusCode ?? 0, headers, body };
  }
}
