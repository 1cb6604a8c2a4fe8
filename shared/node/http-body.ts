import type { IncomingMessage } from "node:http";

/** How long and how much a body may be: times in milliseconds. */
export interface BodyLimits {
  /** Bytes as sent, before any decoding. */
  readonly maxBytes: number;
  /** From the end of the headers to the end of the body. */
  readonly timeoutMs: number;
  /** Slower than this over any `progressMs` counts as stalled: a trickle may not hold a connection for `timeoutMs`. */
  readonly minBytesPerSecond: number;
  readonly progressMs: number;
}

/** What reading came to; `gone` is a client that went away before the end of its body. */
export type Body =
  | { readonly kind: "body"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large" }
  | { readonly kind: "no-room" }
  | { readonly kind: "stalled" }
  | { readonly kind: "gone" };

/**
 * Reads a body within `limits`, asking `keep` for room before it holds a chunk. Never rejects. After `too-large`, `no-room`
 * and `stalled` the rest of the body is still to be drained (`drainBody`).
 */
export function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  keep: (count: number) => boolean,
): Promise<Body> {
  const declared = request.headers["content-length"];
  if (declared !== undefined && Number(declared) > limits.maxBytes) return Promise.resolve({ kind: "too-large" });
  if (request.destroyed) return Promise.resolve({ kind: "gone" });
  const tickMs = Math.min(limits.progressMs, limits.timeoutMs);
  const chunks: Buffer[] = [];
  let total = 0;
  let before = 0;
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const timer = setInterval(watch, tickMs);
    request.on("data", take).on("end", end).on("error", gone).on("close", gone);

    function take(chunk: Buffer): void {
      total += chunk.length;
      if (total > limits.maxBytes) {
        settle({ kind: "too-large" });
      } else if (keep(chunk.length)) {
        chunks.push(chunk);
      } else {
        settle({ kind: "no-room" });
      }
    }
    function watch(): void {
      const late = performance.now() - startedAt >= limits.timeoutMs;
      const slow = (total - before) * 1000 < limits.minBytesPerSecond * tickMs;
      before = total;
      if (late || slow) settle({ kind: "stalled" });
    }
    function end(): void {
      const [only] = chunks;
      settle({ kind: "body", bytes: chunks.length === 1 && only ? only : Buffer.concat(chunks, total) });
    }
    function gone(): void {
      settle({ kind: "gone" });
    }
    function settle(body: Body): void {
      clearInterval(timer);
      request.off("data", take).off("end", end).off("close", gone);
      // An error after the fact (a reset while draining) must not become an uncaught one.
      request.off("error", gone).on("error", ignore);
      if (body.kind !== "body") request.pause();
      resolve(body);
    }
  });
}

/**
 * Throws away what a client is still sending, so that it gets to read an early answer: closing a socket with unread
 * bytes resets it, and a reset discards the answer. Resolves at the end of the body or at the first limit.
 */
export function drainBody(request: IncomingMessage, limits: { maxBytes: number; timeoutMs: number }): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  let total = 0;
  return new Promise((resolve) => {
    const timer = setTimeout(done, limits.timeoutMs);
    request.on("data", discard).on("end", done).on("close", done).on("error", ignore).resume();

    function discard(chunk: Buffer): void {
      total += chunk.length;
      if (total > limits.maxBytes) done();
    }
    function done(): void {
      clearTimeout(timer);
      request.off("data", discard).off("end", done).off("close", done);
      resolve();
    }
  });
}

function ignore(): void {}
