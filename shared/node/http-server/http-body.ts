import type { IncomingMessage } from "node:http";
import { freeBuffer } from "../../free-buffer.ts";
import { afterTurn } from "../loop-turn.ts";

/** How long and how much a body may be: times in milliseconds. */
export interface BodyLimits {
  /** Bytes as sent, before any decoding. */
  readonly maxBytes: number;
  /** From the end of the headers to the end of the body. */
  readonly timeoutMs: number;
  /** Slower than this on average, once `graceMs` are over, counts as stalled: a pause is forgiven, a trickle is not. */
  readonly minBytesPerSecond: number;
  readonly graceMs: number;
}

/** What reading came to; `gone` is a client that went away before the end of its body. */
export type Body =
  | { readonly kind: "body"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large" }
  | { readonly kind: "no-room" }
  | { readonly kind: "stalled" }
  | { readonly kind: "gone" };

const firstBytes = 1024;
/** What Node reads of a connection at a time: a body of this size comes with its head, as a rule. */
const atHandBytes = 65_536;
const tickMs = 1000;

/**
 * Reads a body within `limits` into one growing buffer: what is held is what `keep` granted, however small the chunks are.
 * Never rejects. After `too-large`, `no-room` and `stalled` the rest of the body is still to be drained (`drainBody`).
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  keep: (count: number) => boolean,
): Promise<Body> {
  const header = request.headers["content-length"];
  const declared = header === undefined ? undefined : Number(header);
  if (declared !== undefined && declared > limits.maxBytes) return { kind: "too-large" };
  // Node tells of a head before it looks at what came with it.
  if (declared !== undefined && declared <= atHandBytes && !request.complete) await new Promise(setImmediate);
  if (request.destroyed) return { kind: "gone" };
  if (request.complete) return bodyAtHand(request, limits, keep);
  const buffer = growingBuffer(declared ?? limits.maxBytes, keep);
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let isSettled = false;
    let timer = setTimeout(watch, Math.min(limits.graceMs, limits.timeoutMs));
    request.on("data", take).on("end", end).on("error", gone).on("close", gone);

    function take(chunk: Buffer): void {
      if (buffer.length() + chunk.length > limits.maxBytes) settle({ kind: "too-large" });
      else if (!buffer.add(chunk)) settle({ kind: "no-room" });
    }
    function watch(): void {
      const before = buffer.length();
      // What arrived while the loop was busy is read before the client is judged.
      afterTurn(() => {
        if (isSettled) return;
        const elapsedMs = performance.now() - startedAt;
        const paceMs = limits.graceMs + (buffer.length() * 1000) / limits.minBytesPerSecond;
        const isSlow = elapsedMs >= Math.min(limits.timeoutMs, paceMs);
        if (isSlow && (buffer.length() === before || elapsedMs >= 2 * limits.timeoutMs)) settle({ kind: "stalled" });
        else timer = setTimeout(watch, Math.min(tickMs, limits.graceMs, limits.timeoutMs));
      });
    }
    function end(): void {
      settle({ kind: "body", bytes: buffer.bytes() });
    }
    function gone(): void {
      settle({ kind: "gone" });
    }
    function settle(body: Body): void {
      clearTimeout(timer);
      isSettled = true;
      request.off("data", take).off("end", end).off("close", gone);
      // An error after the fact (a reset while draining) must not become an uncaught one.
      request.off("error", gone).on("error", ignore);
      if (body.kind !== "body") request.pause();
      resolve(body);
    }
  });
}

/** A body that came with its head, as small ones do, waits for no event and no timer (bench/daemon, "small"). */
function bodyAtHand(request: IncomingMessage, { maxBytes }: BodyLimits, keep: (count: number) => boolean): Body {
  request.on("error", ignore);
  const { readableLength } = request;
  if (readableLength > maxBytes) return { kind: "too-large" };
  if (!keep(readableLength)) return { kind: "no-room" };
  const bytes = (request.read() as Buffer | null) ?? Buffer.alloc(0);
  // A view of a larger read, as over TLS, would hold all of it.
  return { kind: "body", bytes: bytes.buffer.byteLength === bytes.length ? bytes : Uint8Array.from(bytes) };
}

interface GrowingBuffer {
  /** False, and nothing added, when there is no room. */
  add(chunk: Buffer): boolean;
  length(): number;
  bytes(): Uint8Array;
}

/** Grows fourfold up to what was declared: a declared length alone costs nothing, and a chunk of one byte costs one byte. */
function growingBuffer(maxReadBytes: number, keep: (count: number) => boolean): GrowingBuffer {
  let buffer = Buffer.alloc(0);
  let length = 0;
  return {
    add(chunk) {
      const wanted = length + chunk.length;
      if (wanted > buffer.length) {
        const size = Math.max(
          wanted,
          Math.min(maxReadBytes, Math.max(firstBytes, buffer.length * 2, chunk.length * 4)),
        );
        if (!keep(size - buffer.length)) return false;
        const grown = Buffer.allocUnsafeSlow(size);
        buffer.copy(grown, 0, 0, length);
        freeBuffer(buffer);
        buffer = grown;
      }
      chunk.copy(buffer, length);
      length = wanted;
      // Node copies each piece of a body into a buffer of its own.
      freeBuffer(chunk);
      return true;
    },
    length: () => length,
    bytes: () => buffer.subarray(0, length),
  };
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
