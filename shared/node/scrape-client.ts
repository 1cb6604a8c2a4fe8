import { STATUS_CODES } from "node:http";
import type { ConnectionOptions } from "node:tls";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { ResponseHead } from "../http/response-head.ts";
import { type ExchangeTime, startExchangeTime } from "./exchange-time.ts";
import { gunzipOnce } from "./gunzip.ts";
import { AnswerTooLarge, NoAnswer } from "./scrape-connection.ts";
import { createScrapeConnections } from "./scrape-connections.ts";
import { createPlaces, type Place, requestHead } from "./scrape-request.ts";

const MAX_REDIRECTS = 10;
/** What is read of a target that has no limit of its own. */
const MAX_BODY_BYTES = 256 * 2 ** 20;
/** What is smaller is decompressed at once: a stream with its chunks costs more. */
const MAX_SYNC_BYTES = 262_144;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
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

interface Answer {
  readonly head: ResponseHead;
  readonly body: Buffer;
  /** The body is gzip still. */
  readonly isPacked: boolean;
}

interface Limits {
  readonly maxBytes: number;
  readonly time: ExchangeTime;
}

/** A client over HTTP/1.1 with kept-alive connections. */
export function createScrapeClient(tls?: ConnectionOptions): ScrapeClient {
  const connections = createScrapeConnections(tls);
  const placeOf = createPlaces();

  async function get(request: ScrapeRequest): Promise<ScrapeResponse> {
    const maxBytes = request.maxBytes > 0 ? request.maxBytes : MAX_BODY_BYTES;
    const time = startExchangeTime(request.timeoutMs, request.abort);
    try {
      const { head, body, isPacked } = await follow(request, { maxBytes, time });
      if (head.status !== 200) {
        return { kind: "failed", reason: `server returned HTTP status ${statusText(head.status)}` };
      }
      const text = isPacked ? await unzip(body, { maxOutputLength: maxBytes }) : body;
      return { kind: "answered", status: head.status, contentType: head.contentType, body: text };
    } catch (error) {
      return failure(request, { error, isLate: time.isLate() });
    } finally {
      time.end();
    }
  }

  async function follow(request: ScrapeRequest, limits: Limits): Promise<Answer> {
    let place = placeOf(request.url);
    for (let redirects = 0; ; redirects++) {
      const answer = await open(place, requestHead(place, request.headers), limits);
      const { status, location } = answer.head;
      if (!request.followRedirects || !REDIRECTS.has(status) || location === undefined) {
        return answer;
      }
      if (redirects >= MAX_REDIRECTS) {
        throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
      }
      place = placeOf(new URL(location, place.url).href);
    }
  }

  /** A connection that the target closed while it was idle is replaced once. */
  async function open(place: Place, head: string, { maxBytes, time }: Limits): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const connection = connections.take(place, attempt > 0);
      const asked = connection.ask(head, maxBytes, (answered, body) => answerOf(answered, body, maxBytes));
      time.watch(connection);
      try {
        const answer = await asked;
        connections.giveBack(place, connection);
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswer) || attempt > 0 || time.isOver()) {
          throw error;
        }
      }
    }
  }

  return { get, close: () => connections.close() };
}

/** The body is a view of what the next read overwrites, unless it is larger than a read. */
function answerOf(head: ResponseHead, body: Buffer, maxBytes: number): Answer {
  if (head.status !== 200 || head.contentEncoding.toLowerCase() !== "gzip") {
    return { head, body: Buffer.from(body), isPacked: false };
  }
  return body.length <= MAX_SYNC_BYTES
    ? { head, body: gunzipOnce(body, maxBytes), isPacked: false }
    : { head, body, isPacked: true };
}

function failure(
  { url, timeoutMs }: ScrapeRequest,
  { error, isLate }: { readonly error: unknown; readonly isLate: boolean },
): ScrapeResponse {
  if (error instanceof AnswerTooLarge || (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
    return { kind: "failed", reason: "body size limit exceeded", tooLarge: true };
  }
  const why = isLate ? `context deadline exceeded: no answer within ${timeoutMs} ms` : messageOf(error);
  return { kind: "failed", reason: `Get ${JSON.stringify(url)}: ${why}` };
}

function statusText(status: number): string {
  const text = STATUS_CODES[status];
  return text === undefined ? String(status) : `${status} ${text}`;
}

function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined || message.includes(code) ? message : `${code}: ${message}`).slice(0, 300);
}
