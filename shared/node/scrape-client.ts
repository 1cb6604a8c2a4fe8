import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  STATUS_CODES,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { promisify } from "node:util";
import { gunzip, gunzipSync } from "node:zlib";

const MAX_REDIRECTS = 10;
/** What is read of a target that has no limit of its own. */
const MAX_BODY_BYTES = 256 * 2 ** 20;
/** What is smaller is decompressed at once: a stream with its chunks costs more. */
const MAX_SYNC_BYTES = 262_144;
const CHUNK = { min: 65_536, max: 4 * 2 ** 20, ratio: 16 };
const unzip = promisify(gunzip);

/** One GET of a target. */
export interface ScrapeRequest {
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of the body, decoded; 0: 256 MiB. */
  readonly maxBytes: number;
  readonly followRedirects: boolean;
  readonly abort?: AbortSignal;
}

/** What a target answered. */
export type ScrapeResponse =
  | { readonly kind: "answered"; readonly status: number; readonly contentType: string; readonly body: Uint8Array }
  | { readonly kind: "failed"; readonly reason: string; readonly tooLarge?: true };

/** Fetches from targets. */
export interface ScrapeClient {
  /** Never rejects. */
  get(request: ScrapeRequest): Promise<ScrapeResponse>;
  close(): void;
}

/** A client over HTTP/1.1 with kept-alive connections, one to a target. */
export function createScrapeClient(tls?: ConnectionOptions): ScrapeClient {
  const pool = { keepAlive: true, maxSockets: 2, maxFreeSockets: 1, timeout: 120_000 } as const;
  const plain = new HttpAgent(pool);
  const secure = new HttpsAgent({ ...pool, ...tls });

  async function get(request: ScrapeRequest): Promise<ScrapeResponse> {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signal = request.abort ? AbortSignal.any([request.abort, timeout]) : timeout;
    try {
      const response = await follow(request, signal);
      const status = response.statusCode ?? 0;
      if (status !== 200) {
        response.destroy();
        const text = STATUS_CODES[status];
        return {
          kind: "failed",
          reason: `server returned HTTP status ${status}${text === undefined ? "" : ` ${text}`}`,
        };
      }
      const maxBytes = request.maxBytes > 0 ? request.maxBytes : MAX_BODY_BYTES;
      const isGzip = response.headers["content-encoding"] === "gzip";
      const raw = await readBody(response, maxBytes);
      if (!raw) {
        return tooLarge();
      }
      const body = isGzip ? await decompress(raw, maxBytes) : raw;
      return { kind: "answered", status, contentType: response.headers["content-type"] ?? "", body };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
        return tooLarge();
      }
      const reason = timeout.aborted
        ? `Get ${JSON.stringify(request.url)}: context deadline exceeded: no answer within ${request.timeoutMs} ms`
        : `Get ${JSON.stringify(request.url)}: ${messageOf(error)}`;
      return { kind: "failed", reason };
    }
  }

  async function follow(request: ScrapeRequest, signal: AbortSignal): Promise<IncomingMessage> {
    let { url } = request;
    for (let redirects = 0; ; redirects++) {
      const response = await open(url, request.headers, signal);
      const { location } = response.headers;
      const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0);
      if (!request.followRedirects || !isRedirect || location === undefined) {
        return response;
      }
      response.resume();
      if (redirects >= MAX_REDIRECTS) {
        throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
      }
      url = new URL(location, url).href;
    }
  }

  /** A connection that the target closed while it was idle is replaced once. */
  async function open(url: string, headers: ScrapeRequest["headers"], signal: AbortSignal): Promise<IncomingMessage> {
    for (let attempt = 0; ; attempt++) {
      const sent: { request?: ClientRequest } = {};
      try {
        return await new Promise<IncomingMessage>((resolve, reject) => {
          const isSecure = url.startsWith("https:");
          const send = isSecure ? httpsRequest : httpRequest;
          sent.request = send(url, { method: "GET", agent: isSecure ? secure : plain, headers, signal });
          sent.request.on("response", resolve);
          sent.request.on("error", reject);
          sent.request.end();
        });
      } catch (error) {
        const isStale = sent.request?.reusedSocket === true && !signal.aborted;
        if (!isStale || attempt > 0) {
          throw error;
        }
      }
    }
  }

  return {
    get,
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

async function decompress(raw: Buffer, maxOutputLength: number): Promise<Buffer> {
  const chunkSize = Math.min(CHUNK.max, Math.max(CHUNK.min, raw.length * CHUNK.ratio));
  return raw.length <= MAX_SYNC_BYTES
    ? gunzipSync(raw, { maxOutputLength, chunkSize })
    : await unzip(raw, { maxOutputLength, chunkSize });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      response.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks, length);
}

function tooLarge(): ScrapeResponse {
  return { kind: "failed", reason: "body size limit exceeded", tooLarge: true };
}

function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined || message.includes(code) ? message : `${code}: ${message}`).slice(0, 300);
}
