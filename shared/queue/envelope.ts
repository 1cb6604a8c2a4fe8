import type { Batch } from "../batch/batch.ts";
import { isGzip, isGzipMember } from "../compression/gzip.ts";
import { snappySize } from "../compression/snappy.ts";
import { formatHeader, type Header, parseHeader } from "./envelope-header.ts";
import type { Queue, QueueBody } from "./queue.ts";

/** Most bytes of one queue message, and of one batch call (SQS SendMessage, SendMessageBatch). */
export const maxMessageBytes = 1_048_576;
/** Room for the header line, dead letter included: what is packed today still fits when it is dead-lettered. */
const headerRoom = 8192;
/** Most payload bytes that a batch may hold so that its envelope fits one queue message. */
export const maxPayloadBytes = payloadRoom(maxMessageBytes);

/** The same for a queue whose messages may have `messageBytes`. */
export function payloadRoom(messageBytes: number): number {
  return Math.max(0, Math.floor(((Math.min(maxMessageBytes, messageBytes) - headerRoom) / 4) * 3));
}

const lineFeed = 0x0a;

/**
 * One queue message: a line of JSON, then the payload in base64 (docs/queue-format.md). The text is pure ASCII, so its
 * length is its size in bytes, and every character is one that SQS takes.
 */
export function encodeEnvelope(batch: Batch): string {
  return `${headerOf(batch)}\n${viewOf(batch.payload).toString("base64")}`;
}

/** The same for a queue that takes bytes, the disk's: the header line, then the payload as it is. */
export function encodeBinaryEnvelope(batch: Batch): Uint8Array {
  const header = `${headerOf(batch)}\n`;
  const body = Buffer.allocUnsafe(header.length + batch.payload.length);
  body.write(header, "latin1");
  body.set(batch.payload, header.length);
  return body;
}

/** The form that the queue keeps best. */
export function encodeFor(queue: Pick<Queue, "takesBytes">, batch: Batch): QueueBody {
  return queue.takesBytes === true ? encodeBinaryEnvelope(batch) : encodeEnvelope(batch);
}

/** A batch, or why the message is not one. */
export type Decoded =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "undecodable"; readonly message: string };

/** Reads what any version up to this one has written; unknown header keys are ignored. Never throws. */
export function decodeEnvelope(body: QueueBody): Decoded {
  const end = typeof body === "string" ? body.indexOf("\n") : body.indexOf(lineFeed);
  if (end < 0) return undecodable("the message has no header line");
  const parsed = parseHeader(typeof body === "string" ? body.slice(0, end) : viewOf(body).toString("latin1", 0, end));
  if (parsed.kind === "undecodable") return parsed;
  const { header } = parsed;
  const payload =
    typeof body === "string" ? Buffer.from(body.slice(end + 1), "base64") : viewOf(body).subarray(end + 1);
  if (typeof body === "string" && !isBase64Of(payload, body.length - end - 1)) {
    return undecodable("the payload is not base64");
  }
  const damage = damageOf(payload, header);
  return damage ? undecodable(damage) : { kind: "batch", batch: { ...header, payload } };
}

/** A message cut short or changed on its way shows in its length, or in the frame of the gzip member. */
function damageOf(payload: Buffer, { encoding, bytes }: Header): string | undefined {
  const whole = "the payload is not whole: its size is not the one in the header";
  if (encoding === "identity") return payload.length === bytes ? undefined : whole;
  if (encoding === "snappy") return snappySize(payload) === bytes ? undefined : whole;
  if (!isGzip(payload)) return "the payload is not gzip";
  return isGzipMember(payload, bytes) ? undefined : whole;
}

function isBase64Of(payload: Buffer, base64Length: number): boolean {
  return base64Length % 4 === 0 && Math.ceil(payload.length / 3) * 4 === base64Length;
}

function headerOf({ payload: _, ...header }: Batch): string {
  return formatHeader(header);
}

/** The view is the whole point: `Buffer.from(payload)` would copy it. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function undecodable(message: string): Decoded {
  return { kind: "undecodable", message };
}
