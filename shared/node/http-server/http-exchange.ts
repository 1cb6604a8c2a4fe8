import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpFault } from "../../http/fault.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { type BodyLimits, drainBody, readBody } from "./http-body.ts";
import { fieldsOf, headOf, type RequestHead, requestOf } from "./http-head.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
}

export interface RequestContext {
  /** Aborts when the client goes away and when `close()` runs out of time. */
  readonly abort: AbortSignal;
  readonly head: RequestHead;
  /** The body is no longer needed as it came; `bytes` are held from now on. False where the connection may not hold them. */
  readonly onDecoded: (bytes: number) => boolean;
}

/** Sizes in bytes, times in milliseconds. */
export interface ExchangeOptions extends BodyLimits {
  readonly handle: (request: HttpRequest, context: RequestContext) => Promise<HttpAnswer>;
  readonly answerFault: (fault: HttpFault, head: RequestHead) => HttpAnswer;
  readonly admit?: (declaredBytes: number | undefined, head: RequestHead) => HttpAnswer | undefined;
  readonly keep: (bytes: number) => boolean;
  readonly release: (bytes: number) => void;
  /** Most bytes that one connection, and so one request, may hold. */
  readonly maxConnectionBytes: number;
  readonly repeatedHeaders: "combined" | "last";
  readonly drainBytes: number;
  readonly drainMs: number;
  /** Whether the connection ends with this answer. */
  readonly isLast: () => boolean;
  /** What a client has to read its answer in. */
  readonly answerTimeoutMs: number;
}

/** What Node holds for a request beside its headers, which it holds twice. */
const requestPrice = 4096;
const smallBodyBytes = 65_536;

/**
 * Serves one request: judge its head, read its body, ask `handle`, write the answer. What is held is charged to `keep` from
 * the head on, a fixed price included, and given back when the answer is written.
 */
export async function serveExchange(exchange: Exchange, abort: AbortSignal, options: ExchangeOptions): Promise<void> {
  const { request, response } = exchange;
  const head = headOf(request, options.repeatedHeaders);
  let held = 0;
  const keep = (count: number) => {
    if (held + count > options.maxConnectionBytes || !options.keep(count)) return false;
    held += count;
    return true;
  };
  const price = priceOf(request);
  const onDecoded = (bytes: number) => {
    options.release(held - price);
    held = price;
    return price + bytes <= options.maxConnectionBytes;
  };
  const context = { abort, head, onDecoded };
  try {
    if (!keep(price)) return await answerEarly(exchange, options.answerFault({ kind: "no-room" }, head), options);
    const broken = brokenHead(request);
    if (broken) return await answerEarly(exchange, options.answerFault(broken, head), options);
    const early = refuse(request, head, options);
    if (early) return await ((await isSoonOver(exchange, options)) ? write : answerEarly)(exchange, early, options);
    if (exchange.expectsContinue) response.writeContinue();
    const body = await readBody(request, options, keep);
    switch (body.kind) {
      case "body":
        return await write(
          exchange,
          await answerTo({ ...requestOf(head), body: body.bytes }, context, options),
          options,
        );
      case "stalled":
        return await answerEarly(exchange, options.answerFault({ kind: "slow" }, head), options);
      case "too-large":
      case "no-room":
        return await answerEarly(exchange, options.answerFault(body, head), options);
      case "gone":
        return;
    }
  } finally {
    options.release(held);
  }
}

/** A small body of a refused request is thrown away, so that its connection serves the requests behind it. */
async function isSoonOver({ request, expectsContinue }: Exchange, options: ExchangeOptions): Promise<boolean> {
  const declared = Number(request.headers["content-length"] ?? (request.headers["transfer-encoding"] ? Infinity : 0));
  if (expectsContinue || !(declared <= smallBodyBytes)) return false;
  await drainBody(request, { maxBytes: smallBodyBytes, timeoutMs: options.drainMs });
  return request.complete;
}

function priceOf({ rawHeaders, url = "" }: IncomingMessage): number {
  let bytes = url.length;
  for (const text of rawHeaders) bytes += text.length;
  return requestPrice + 2 * bytes;
}

function brokenHead({ headers: { host, expect }, httpVersion }: IncomingMessage): HttpFault | undefined {
  if (host === undefined && httpVersion === "1.1") return withoutHost;
  return expect === undefined || expect.toLowerCase() === "100-continue" ? undefined : unexpected;
}

function refuse(request: IncomingMessage, head: RequestHead, options: ExchangeOptions): HttpAnswer | undefined {
  const coding = request.headers["transfer-encoding"];
  if (coding !== undefined && coding.trim().toLowerCase() !== "chunked") {
    return options.answerFault({ kind: "coding", coding }, head);
  }
  const declared = coding === undefined ? Number(request.headers["content-length"] ?? 0) : undefined;
  if (declared !== undefined && declared > options.maxBytes) return options.answerFault({ kind: "too-large" }, head);
  return options.admit?.(declared, head);
}

/** RFC 9112 3.2. */
const withoutHost: HttpFault = {
  kind: "broken",
  status: 400,
  reason: "malformed",
  message: "The Host header is missing: HTTP/1.1 asks for it.",
};
/** RFC 9110 10.1.1. */
const unexpected: HttpFault = {
  kind: "broken",
  status: 417,
  reason: "expectation",
  message: "Only 100-continue can be expected of this server: leave out the Expect header.",
};

async function answerTo(request: HttpRequest, context: RequestContext, options: ExchangeOptions): Promise<HttpAnswer> {
  try {
    return await options.handle(request, context);
  } catch (error) {
    return options.answerFault({ kind: "crashed", error }, context.head);
  }
}

async function answerEarly(
  { request, response }: Exchange,
  answer: HttpAnswer,
  options: ExchangeOptions,
): Promise<void> {
  if (request.socket.destroyed) return;
  response.writeHead(answer.status, fieldsOf(answer, true));
  // Complete for the client, but not ended: ending would close the socket under what is still arriving.
  if (answer.body.length > 0) response.write(answer.body);
  else response.flushHeaders();
  await drainBody(request, { maxBytes: options.drainBytes, timeoutMs: options.drainMs });
  response.end();
}

async function write({ request, response }: Exchange, answer: HttpAnswer, options: ExchangeOptions): Promise<void> {
  if (request.socket.destroyed) return;
  let written = answer;
  try {
    response.writeHead(written.status, fieldsOf(written, options.isLast()));
  } catch (error) {
    written = options.answerFault({ kind: "crashed", error }, headOf(request, options.repeatedHeaders));
    response.writeHead(written.status, fieldsOf(written, true));
  }
  if (written.chunks && request.method !== "HEAD") await writeChunks(response, written.body, written.chunks);
  await new Promise<void>((resolve) => {
    if (response.closed) return resolve();
    let timer: NodeJS.Timeout | undefined;
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    // A body of nothing would be a piece of its own to write.
    response.end(written.chunks || written.body.length === 0 ? undefined : written.body);
    // What the system has taken whole needs nobody to wait for it.
    if (!response.writableFinished) timer = setTimeout(() => request.socket.destroy(), options.answerTimeoutMs);
  });
}

/** Waits for a client that reads slowly: whoever makes the chunks decides what it leaves out meanwhile. */
async function writeChunks(
  response: ServerResponse,
  first: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  response.flushHeaders();
  if (first.length > 0) response.write(first);
  for await (const chunk of chunks) {
    if (response.closed) return;
    if (response.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      response.once("drain", resolve);
      response.once("close", resolve);
    });
  }
}
