import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  STATUS_CODES,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { urlToHttpOptions } from "node:url";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type ExchangeTime, startExchangeTime } from "./exchange-time.ts";
import { gunzipOnce } from "./gunzip.ts";

const MAX_REDIRECTS = 10;
/** What is read of a target that has no limit of its own. */
const MAX_BODY_BYTES = 256 * 2 ** 20;
/** What is smaller is decompressed at once: a stream with its chunks costs more. */
const MAX_SYNC_BYTES = 262_144;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** URLs whose parts are remembered. */
const MAX_PLACES = 10_000;
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
  const placeOf = createPlaces();

  async function get(request: ScrapeRequest): Promise<ScrapeResponse> {
    const maxBytes = request.maxBytes > 0 ? request.maxBytes : MAX_BODY_BYTES;
    const time = startExchangeTime(request.timeoutMs, request.abort);
    try {
      const response = await follow(request, time);
      const status = response.statusCode ?? 0;
      if (status !== 200) {
        response.destroy();
        const text = STATUS_CODES[status];
        return {
          kind: "failed",
          reason: `server returned HTTP status ${status}${text === undefined ? "" : ` ${text}`}`,
        };
      }
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
      const reason = time.isLate()
        ? `Get ${JSON.stringify(request.url)}: context deadline exceeded: no answer within ${request.timeoutMs} ms`
        : `Get ${JSON.stringify(request.url)}: ${messageOf(error)}`;
      return { kind: "failed", reason };
    } finally {
      time.end();
    }
  }

  async function follow(request: ScrapeRequest, time: ExchangeTime): Promise<IncomingMessage> {
    let { url } = request;
    for (let redirects = 0; ; redirects++) {
      const response = await open(url, request.headers, time);
      const { location } = response.headers;
      const isRedirect = location !== undefined && REDIRECTS.has(response.statusCode ?? 0);
      if (!request.followRedirects || !isRedirect) {
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
  async function open(url: string, headers: ScrapeRequest["headers"], time: ExchangeTime): Promise<IncomingMessage> {
    for (let attempt = 0; ; attempt++) {
      const sent: { request?: ClientRequest } = {};
      try {
        return await new Promise<IncomingMessage>((resolve, reject) => {
          const isSecure = url.startsWith("https:");
          const send = isSecure ? httpsRequest : httpRequest;
          sent.request = send({ ...placeOf(url), method: "GET", agent: isSecure ? secure : plain, headers });
          sent.request.on("response", resolve);
          sent.request.on("error", reject);
          time.watch(sent.request);
          sent.request.end();
        });
      } catch (error) {
        const isStale = sent.request?.reusedSocket === true && !time.isOver();
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
  return raw.length <= MAX_SYNC_BYTES ? gunzipOnce(raw, maxOutputLength) : await unzip(raw, { maxOutputLength });
}

/** The bytes of an answer; undefined where they are more than allowed. */
function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    response.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        resolve(undefined);
        response.destroy();
      }
      chunks.push(chunk);
    });
    response.on("end", () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks, length));
    });
    response.on("error", reject);
    response.on("close", () => reject(new Error("unexpected EOF")));
  });
}

function createPlaces(): (url: string) => RequestOptions {
  const places = new Map<string, RequestOptions>();
  return (url) => {
    let place = places.get(url);
    if (!place) {
      if (places.size >= MAX_PLACES) {
        places.clear();
      }
      place = urlToHttpOptions(new URL(url));
      places.set(url, place);
    }
    return place;
  };
}

function tooLarge(): ScrapeResponse {
  return { kind: "failed", reason: "body size limit exceeded", tooLarge: true };
}

function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined || message.includes(code) ? message : `${code}: ${message}`).slice(0, 300);
}
