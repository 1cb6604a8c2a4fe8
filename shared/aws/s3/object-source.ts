import type { IncomingMessage } from "node:http";
import type { ObjectNotice } from "../../aws-events/objects/notice.ts";
import { ObjectFault, type ObjectSource, type OpenedObject } from "../../aws-events/objects/object-source.ts";
import type { Clock } from "../../clock.ts";
import { ResumableGunzip } from "../../compression/resumable-gunzip.ts";
import { errorText } from "../../error-text.ts";
import { formBytes, formOf, inflateChunks } from "../../node/inflate-chunks.ts";
import { createS3Get, type S3GetOptions } from "./s3-get.ts";
import { problemOf } from "./s3-problem.ts";

export interface S3ObjectSourceOptions extends Omit<S3GetOptions, "now" | "idleMs"> {
  readonly clock: Clock;
  /** Attempts of one request, and of going on where a connection has ended; default 4. */
  readonly maxAttempts?: number;
  /** Most bytes that one object may inflate to; default 256 GiB. */
  readonly maxInflatedBytes?: number;
  readonly idleMs?: number;
}

const firstPauseMs = 200;
const plainForm = { kind: "plain" } as const;
const gzipForm = { kind: "gzip" } as const;

/**
 * Objects of S3, inflated where they are gzip. A connection that ends too early is opened again at the byte where it ended, and only while
 * the object is the same.
 */
export function createS3ObjectSource(options: S3ObjectSourceOptions): ObjectSource {
  const { clock, maxAttempts = 4, maxInflatedBytes = 2 ** 38, idleMs = 20_000 } = options;
  const get = createS3Get({ ...options, now: () => clock.now(), idleMs });

  /** The first answer that is worth something. */
  async function ask(notice: ObjectNotice, from: number, abort: AbortSignal): Promise<IncomingMessage | OpenedObject> {
    let last: OpenedObject = { kind: "failed", isOutage: true, reason: "S3 was not asked" };
    for (let attempt = 0; attempt < maxAttempts && !abort.aborted; attempt += 1) {
      if (attempt > 0) await clock.sleep(firstPauseMs * 2 ** (attempt - 1), abort);
      try {
        // A version never changes; what has none is the same as long as its tag is.
        const { etag, ...versioned } = notice;
        const asked =
          notice.versionId === undefined ? { ...versioned, ...(etag !== undefined && { etag }) } : versioned;
        const answer = await get({ ...asked, from }, abort);
        if (answer.statusCode === (from > 0 ? 206 : 200)) return answer;
        if (answer.statusCode === 200) {
          // All of it, from its beginning: not what was asked for, and not to be taken for it.
          answer.destroy();
          return { kind: "failed", isOutage: true, reason: "S3 does not answer from a byte on" };
        }
        if (answer.statusCode === 416 && from > 0) return nothingLeft(answer);
        const problem = await problemOf(answer, notice);
        if (problem.kind !== "again") return problem;
        last = { kind: "failed", isOutage: true, reason: problem.reason };
      } catch (error) {
        last = { kind: "failed", isOutage: true, reason: `S3 could not be reached: ${errorText(error)}` };
      }
    }
    return last;
  }

  /** The bytes as they are stored, whatever becomes of connections. */
  async function* storedBytes(
    first: IncomingMessage,
    notice: ObjectNotice,
    place: { from: number; abort: AbortSignal },
  ) {
    const { abort } = place;
    const tag = first.headers.etag;
    const same = tag === undefined ? notice : { ...notice, etag: tag };
    let answer = first;
    let at = place.from;
    for (;;) {
      try {
        for await (const chunk of answer as AsyncIterable<Uint8Array>) {
          at += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        if (abort.aborted) throw error;
        const again = await ask(same, at, abort);
        if ("kind" in again) throw new ObjectFault("reason" in again ? again.reason : errorText(error), false);
        answer = again;
      }
    }
  }

  return {
    async open(notice, abort) {
      const { offset = 0, plain = false, gzip: place } = notice.position ?? {};
      const gunzip = plain ? undefined : ResumableGunzip.open(place && { from: place });
      const [from, inflated] = plain ? [offset, offset] : gunzip && place ? [place.at, place.inflated] : [0, 0];
      const answer = await ask(notice, from, abort);
      if ("kind" in answer) return answer;
      const stored = storedBytes(answer, notice, { from, abort });
      try {
        const { start, bytes } = await withStart(stored);
        const form = plain ? plainForm : from > 0 ? gzipForm : formOf(start);
        if (form.kind === "unknown") {
          await stored.return(undefined);
          const remedy = "have text, JSON or gzip of them written instead";
          return { kind: "unusable", reason: `the object is ${form.name}, which is not read: ${remedy}` };
        }
        const isPlain = form.kind === "plain";
        const whole = isPlain ? bytes : inflateChunks(bytes, gunzip);
        const chunks = checked(whole, { at: inflated, skip: offset, maxBytes: maxInflatedBytes });
        const canResume = !isPlain && gunzip !== undefined;
        return { kind: "opened", isPlain, chunks, ...(canResume && { placeBefore: (at) => gunzip.placeBefore(at) }) };
      } catch (error) {
        return { kind: "failed", isOutage: true, reason: errorText(error) };
      }
    },
  };
}

/** An earlier invocation has read all of it. */
function nothingLeft(answer: IncomingMessage): OpenedObject {
  answer.resume();
  return { kind: "opened", isPlain: true, chunks: startingWith(Buffer.alloc(0), emptyBytes()) };
}

async function* emptyBytes(): AsyncGenerator<Uint8Array> {}

/** The first bytes, and all of them. */
async function withStart(bytes: AsyncGenerator<Uint8Array>) {
  const held: Uint8Array[] = [];
  let size = 0;
  while (size < formBytes) {
    const next = await bytes.next();
    if (next.done === true) break;
    held.push(next.value);
    size += next.value.length;
  }
  const start = Buffer.concat(held);
  return { start, bytes: startingWith(start, bytes) };
}

async function* startingWith(start: Uint8Array, rest: AsyncIterable<Uint8Array>) {
  if (start.length > 0) yield start;
  yield* rest;
}

/** Without the bytes that were read before; what breaks on the way is an `ObjectFault`. */
async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  { skip, maxBytes, ...from }: { at: number; skip: number; maxBytes: number },
) {
  let { at } = from;
  try {
    for await (const chunk of chunks) {
      const before = at;
      at += chunk.length;
      if (at > maxBytes) throw new ObjectFault(`the object inflates to more than ${maxBytes} bytes`, true);
      if (at > skip) yield before >= skip ? chunk : chunk.subarray(skip - before);
    }
  } catch (error) {
    if (error instanceof ObjectFault) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!code.startsWith("Z_")) throw new ObjectFault(errorText(error), false);
    throw new ObjectFault(`the object is not whole gzip: ${errorText(error)}`, true);
  }
}
