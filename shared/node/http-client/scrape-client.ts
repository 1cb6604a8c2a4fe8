import { STATUS_CODES } from "node:http";
import type { ConnectionOptions } from "node:tls";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { createPlaces, type Place, requestHead } from "../../http/request-head.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import { type ExchangeTime, startExchangeTime } from "./exchange-time.ts";
import { gunzipOnce } from "./gunzip.ts";
import { type Answered, AnswerTooLarge } from "./http-connection.ts";
import { createHttpConnections } from "./http-connections.ts";

const maxRedirects = 10;
/** What is read of a target that has no limit of its own. */
const maxBodyBytes = 256 * 2 ** 20;
/** What is smaller is decompressed at once: a stream with its chunks costs more. */
const maxSyncBytes = 262_144;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
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

/** There is no limit on connections at a time: a target that is slow must not hold up another one at the same address. */
const connectionLimits = { maxIdle: 2, maxIdleMs: 120_000 };

/** A client over HTTP/1.1 with kept-alive connections. */
export function createScrapeClient(tls?: ConnectionOptions): ScrapeClient {
  const connections = createHttpConnections(connectionLimits);
  const placeOf = createPlaces();

  async function get(request: ScrapeRequest): Promise<ScrapeResponse> {
    const maxBytes = request.maxBytes > 0 ? request.maxBytes : maxBodyBytes;
    const time = startExchangeTime(request.timeoutMs, request.abort);
    try {
      const { head, body, isPacked } = await follow(request, { maxBytes, time });
      if (head.status !== 200) {
        return { kind: "failed", reason: `server returned HTTP status ${statusText(head.status)}` };
      }
      const text = isPacked ? await unzip(body, { maxOutputLength: maxBytes }) : body;
      return { kind: "answered", status: head.status, contentType: head.headers["content-type"] ?? "", body: text };
    } catch (error) {
      return failure(request, { error, isLate: time.isLate() });
    } finally {
      time.end();
    }
  }

  async function follow(request: ScrapeRequest, limits: Limits): Promise<Answer> {
    let place = placeOf(request.url);
    for (let redirects = 0; ; redirects++) {
      const answer = await ask(place, request.headers, limits);
      const { status, headers } = answer.head;
      const { location } = headers;
      if (!request.followRedirects || !redirectStatuses.has(status) || location === undefined) {
        return answer;
      }
      if (redirects >= maxRedirects) {
        throw new Error(`stopped after ${maxRedirects} redirects`);
      }
      place = placeOf(new URL(location, place.url).href);
    }
  }

  function ask(place: Place, headers: ScrapeRequest["headers"], { maxBytes, time }: Limits): Promise<Answer> {
    const asking = {
      head: requestHead({ method: "GET", place }, headers),
      limit: { maxBytes, isCut: false },
      isBodyWanted: isOk,
      finish: (answered: Answered) => answerOf(answered, maxBytes),
    };
    return connections.ask({ ...place, key: place.origin, tls }, asking, time);
  }

  return { get, close: () => connections.close() };
}

/** The body is a view of what the next read overwrites, unless it is larger than a read. */
function answerOf(answered: Answered, maxBytes: number): Answer {
  const { head, body } = answered;
  if (!isOk(head) || head.headers["content-encoding"]?.toLowerCase() !== "gzip") {
    return { head, body: answered.lastingBody(), isPacked: false };
  }
  return body.length <= maxSyncBytes
    ? { head, body: gunzipOnce(body, maxBytes), isPacked: false }
    : { head, body, isPacked: true };
}

function isOk({ status }: ResponseHead): boolean {
  return status === 200;
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
