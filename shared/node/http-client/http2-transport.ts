import { type ClientHttp2Session, type ClientHttp2Stream, constants } from "node:http2";
import type { ExportRequest, Transport, TransportAnswer } from "../../delivery/transport.ts";
import { connectionKey } from "./connection-options.ts";
import { Http2Channel } from "./http2-channel.ts";
import { proxyOf } from "./proxy.ts";
import { parseHttpUrl, transportFailure } from "./transport-failure.ts";

export interface Http2TransportOptions {
  /** Most bytes read of an answer; default 4 MiB, gRPC's own limit. */
  readonly maxAnswerBytes?: number;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up; default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Http2Transport extends Transport {
  close(): void;
}

type PostOptions = Parameters<Transport["post"]>[1];
type Attempt = TransportAnswer | { readonly kind: "stale" };

/** Attempts while connections turn out to be gone before the server has looked at the call. */
const maxAttempts = 3;
/** Destinations, and former TLS settings of theirs, whose connections are kept. */
const maxChannels = 64;
const { HTTP2_HEADER_STATUS, NGHTTP2_REFUSED_STREAM } = constants;
const goneCodes = new Set(["ERR_HTTP2_INVALID_SESSION", "ERR_HTTP2_GOAWAY_SESSION", "ERR_HTTP2_SESSION_ERROR"]);

/** Posts over HTTP/2, trailers included: what gRPC needs. Never rejects. */
export function createHttp2Transport(options: Http2TransportOptions = {}): Http2Transport {
  const { maxAnswerBytes = 4 * 2 ** 20, env = {} } = options;
  const channels = new Map<string, Http2Channel>();

  function channelOf(url: URL, { tls, proxyUrl = proxyOf(url, env) }: ExportRequest): Http2Channel {
    const key = `${url.origin} ${proxyUrl} ${connectionKey(tls)}`;
    const channel = channels.get(key) ?? new Http2Channel({ url, tls, proxyUrl });
    channels.delete(key);
    channels.set(key, channel);
    const [oldest] = channels.keys();
    if (channels.size > maxChannels && oldest !== undefined) {
      channels.get(oldest)?.close();
      channels.delete(oldest);
    }
    return channel;
  }

  async function post(request: ExportRequest, given: PostOptions): Promise<TransportAnswer> {
    const { abort } = given;
    // Timers take whole milliseconds.
    const timeoutMs = Math.max(1, Math.ceil(given.timeoutMs));
    const url = parseHttpUrl(request.url);
    if (!url) return { kind: "failed", reason: `not an HTTP URL: ${request.url}`, permanent: true };
    const timeout = AbortSignal.timeout(Math.max(0, Math.ceil(timeoutMs)));
    const signal = abort ? AbortSignal.any([abort, timeout]) : timeout;
    const channel = channelOf(url, request);
    for (let attempts = 1; ; attempts++) {
      const answer = await attempt(channel, { url, request, signal });
      if (timeout.aborted && answer.kind !== "answered") {
        return { kind: "failed", reason: `no answer within ${timeoutMs} ms`, permanent: false };
      }
      if (answer.kind !== "stale") return answer;
      if (attempts === maxAttempts) return { kind: "failed", reason: "connection reset", permanent: false };
    }
  }

  async function attempt(channel: Http2Channel, call: Call): Promise<Attempt> {
    let session: ClientHttp2Session;
    try {
      session = await untilAborted(channel.session(call.signal), call.signal);
    } catch (error) {
      return transportFailure(error as NodeJS.ErrnoException);
    }
    const answer = await exchange(session, call, maxAnswerBytes);
    if (answer.kind === "failed" && call.signal.aborted) channel.check(session);
    return answer;
  }

  return {
    post,
    close() {
      for (const channel of channels.values()) channel.close();
      channels.clear();
    },
  };
}

interface Call {
  readonly url: URL;
  readonly request: ExportRequest;
  readonly signal: AbortSignal;
}

function exchange(session: ClientHttp2Session, { url, request, signal }: Call, maxBytes: number): Promise<Attempt> {
  return new Promise((resolve) => {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(
        {
          ":method": "POST",
          ":path": `${url.pathname}${url.search}`,
          ":scheme": url.protocol.slice(0, -1),
          ":authority": url.host,
          ...request.headers,
          "content-length": String(request.body.length),
        },
        { signal },
      );
    } catch (error) {
      return resolve(failureOf(error as NodeJS.ErrnoException));
    }
    const headers: Record<string, string> = {};
    const chunks: Buffer[] = [];
    let length = 0;
    let status = 0;
    stream.on("response", (given) => {
      status = Number(given[HTTP2_HEADER_STATUS] ?? 0);
      Object.assign(headers, plain(given));
    });
    stream.on("trailers", (given) => Object.assign(headers, plain(given)));
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
    });
    stream.on("error", (error: NodeJS.ErrnoException) => {
      const isRefused = stream.rstCode === NGHTTP2_REFUSED_STREAM;
      resolve(isRefused && status === 0 ? { kind: "stale" } : failureOf(error));
    });
    stream.on("close", () => {
      if (status > 0) resolve({ kind: "answered", status, headers, body: Buffer.concat(chunks) });
      else resolve(stream.rstCode === NGHTTP2_REFUSED_STREAM ? { kind: "stale" } : transportFailure(closed));
    });
    stream.end(request.body);
  });
}

const closed = Object.assign(new Error("the connection was closed before an answer came"), { code: "ECONNRESET" });

function failureOf(error: NodeJS.ErrnoException): Attempt {
  return goneCodes.has(error.code ?? "") ? { kind: "stale" } : transportFailure(error);
}

function plain(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]: [string, unknown]) => {
      if (name.startsWith(":") || value === undefined) return [];
      return [[name, Array.isArray(value) ? value.join(", ") : String(value)]];
    }),
  );
}

/** Others may wait for the same connection: it goes on being made. */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error("gave up connecting"));
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
