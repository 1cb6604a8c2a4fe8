import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ExportRequest, Transport, TransportAnswer } from "../delivery/transport.ts";

export interface HttpTransportOptions {
  /** Connections to one destination; default 8. */
  readonly maxSockets?: number;
  /** Most bytes read of an answer; default 64 KiB. The rest is not waited for. */
  readonly maxAnswerBytes?: number;
  /** How long an idle connection is kept, milliseconds; default 30 s. */
  readonly keepAliveMs?: number;
  /** PEM certificates to trust instead of the well-known ones. */
  readonly ca?: string | readonly string[];
}

export interface HttpTransport extends Transport {
  /** Closes idle connections. */
  close(): void;
}

type PostOptions = Parameters<Transport["post"]>[1];
type Attempt = TransportAnswer | { readonly kind: "stale" };

/**
 * Posts over HTTP/1.1 with kept-alive connections. A connection that the other side closed while it was idle, as happens
 * while a Lambda is frozen, is replaced at once and unseen. Certificate errors and malformed URLs are `permanent`.
 */
export function createHttpTransport(options: HttpTransportOptions = {}): HttpTransport {
  const { maxSockets = 8, maxAnswerBytes = 65_536, keepAliveMs = 30_000, ca } = options;
  const pool = {
    keepAlive: true,
    maxSockets,
    maxFreeSockets: maxSockets,
    timeout: keepAliveMs,
    scheduling: "lifo",
  } as const;
  const plain = new HttpAgent(pool);
  const secure = new HttpsAgent({ ...pool, ...(ca !== undefined && { ca: typeof ca === "string" ? ca : [...ca] }) });

  async function post(request: ExportRequest, given: PostOptions): Promise<TransportAnswer> {
    const timeout = AbortSignal.timeout(given.timeoutMs);
    const signal = given.abort ? AbortSignal.any([given.abort, timeout]) : timeout;
    let answer = await attempt(request, signal);
    // Every stale connection fails at once, so this ends at the first fresh one.
    for (let stale = 0; answer.kind === "stale" && stale < maxSockets; stale++) answer = await attempt(request, signal);
    if (answer.kind === "stale") return { kind: "failed", reason: "connection reset", permanent: false };
    if (answer.kind === "failed" && timeout.aborted) {
      return { kind: "failed", reason: `no answer within ${given.timeoutMs} ms`, permanent: false };
    }
    return answer;
  }

  function attempt(request: ExportRequest, signal: AbortSignal): Promise<Attempt> {
    return new Promise((resolve) => {
      const url = parseUrl(request.url);
      if (!url) return resolve({ kind: "failed", reason: `not an HTTP URL: ${request.url}`, permanent: true });
      const tls = url.protocol === "https:";
      const headers = { ...request.headers, "content-length": String(request.body.byteLength) };
      const agent = tls ? secure : plain;
      const outgoing = open(tls ? httpsRequest : httpRequest, url, { method: "POST", agent, headers, signal });
      if ("kind" in outgoing) return resolve(outgoing);
      outgoing.on("response", (response) => resolve(read(response, maxAnswerBytes)));
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        const stale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
        resolve(stale ? { kind: "stale" } : failure(error));
      });
      outgoing.end(request.body);
    });
  }

  function close(): void {
    plain.destroy();
    secure.destroy();
  }

  return { post, close };
}

/** A header that HTTP does not allow is thrown, not emitted. */
function open(request: typeof httpRequest, url: URL, options: RequestOptions): ClientRequest | TransportAnswer {
  try {
    return request(url, options);
  } catch (error) {
    return failure(error as NodeJS.ErrnoException);
  }
}

async function read(response: IncomingMessage, maxBytes: number): Promise<TransportAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxBytes) break;
    }
  } catch (error) {
    return failure(error as NodeJS.ErrnoException);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const body = Buffer.concat(chunks, Math.min(length, maxBytes));
  return { kind: "answered", status: response.statusCode ?? 0, headers, body };
}

/** OpenSSL's verdicts about a certificate, as Node names them (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const certificateErrors =
  /^(CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH|ERR_TLS_CERT|ERR_SSL_WRONG_VERSION)/;

function failure(error: NodeJS.ErrnoException): TransportAnswer {
  const code = error.code ?? error.name;
  const permanent = certificateErrors.test(code) || code === "ERR_INVALID_CHAR" || code === "EPROTO";
  return { kind: "failed", reason: `${code}: ${error.message}`.slice(0, 300), permanent };
}

function parseUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}
