import type { Batch, DeadLetter } from "../batch/batch.ts";
import { signalNames } from "../signal.ts";
import type { QueueBody } from "./queue.ts";

/** Most bytes of one queue message, and of one batch call (SQS SendMessage, SendMessageBatch). */
export const maxMessageBytes = 1_048_576;
/** Room for the header line, dead letter included: what is packed today still fits when it is parked. */
const headerRoom = 8192;
/** Most payload bytes that a batch may hold so that its envelope fits one queue message. */
export const maxPayloadBytes = Math.floor(((maxMessageBytes - headerRoom) / 4) * 3);

const version = 1;
const lineFeed = 0x0a;

/**
 * One queue message: a line of JSON, then the payload in base64 (docs/queue-format.md). The text is pure ASCII, so its
 * length is its size in bytes, and every character is one that SQS takes.
 */
export function encodeEnvelope(batch: Batch): string {
  return `${headerOf(batch)}\n${base64(batch.payload)}`;
}

/** The same for a queue that takes bytes, the disk's: the header line, then the payload as it is. */
export function encodeBinaryEnvelope(batch: Batch): Uint8Array {
  const header = `${headerOf(batch)}\n`;
  const body = Buffer.allocUnsafe(header.length + batch.payload.length);
  body.write(header, "latin1");
  body.set(batch.payload, header.length);
  return body;
}

export type Decoded =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "undecodable"; readonly message: string };

/** Reads what any version up to this one has written; unknown header keys are ignored. Never throws. */
export function decodeEnvelope(body: QueueBody): Decoded {
  const end = typeof body === "string" ? body.indexOf("\n") : body.indexOf(lineFeed);
  if (end < 0) return undecodable("the message has no header line");
  const header = parse(typeof body === "string" ? body.slice(0, end) : viewOf(body).toString("latin1", 0, end));
  if (!header) return undecodable("the header line is not a JSON object");
  if (header.v !== version) return undecodable(`version ${String(header.v)} is not one that this release reads`);
  const problem = problemOf(header);
  if (problem) return undecodable(problem);
  const fields = header as unknown as Omit<Batch, "payload">;
  const payload =
    typeof body === "string" ? Buffer.from(body.slice(end + 1), "base64") : viewOf(body).subarray(end + 1);
  if (typeof body === "string" && !isBase64Of(payload, body.length - end - 1)) {
    return undecodable("the payload is not base64");
  }
  const damage = damageOf(payload, fields);
  if (damage) return undecodable(damage);
  const { signal, destination, items, bytes, encoding, acceptedAt, requeues, replays, replayOf, deadLetter } = fields;
  const batch = { signal, destination, items, bytes, encoding, acceptedAt, payload };
  return {
    kind: "batch",
    batch: {
      ...batch,
      ...(requeues !== undefined && { requeues }),
      ...(replays !== undefined && { replays }),
      ...(replayOf !== undefined && { replayOf }),
      ...(deadLetter && { deadLetter: letterOf({ ...deadLetter }) }),
    },
  };
}

/** A dead letter is worth showing even where a version to come has left something out of it. */
function letterOf(letter: Record<string, unknown>): DeadLetter {
  const texts = { id: "", reason: "rejected", message: "" };
  const counts = { firstAttemptAt: 0, lastAttemptAt: 0, attempts: 0, replays: 0 };
  const optional = ["status", "oldestAt", "newestAt"].filter((key) => typeof letter[key] === "number");
  const services = Array.isArray(letter.services) ? letter.services.filter((name) => typeof name === "string") : [];
  const read = {
    ...texts,
    ...counts,
    ...pick(letter, Object.keys(texts), "string"),
    ...pick(letter, Object.keys(counts), "number"),
    ...pick(letter, optional, "number"),
    services,
  };
  return read as DeadLetter;
}

function pick(from: Record<string, unknown>, keys: readonly string[], type: "string" | "number") {
  return Object.fromEntries(keys.filter((key) => typeof from[key] === type).map((key) => [key, from[key]]));
}

function problemOf(header: Record<string, unknown>): string | undefined {
  if (!signalNames.some((name) => name === header.signal)) return `unknown signal ${String(header.signal)}`;
  if (typeof header.destination !== "string") return "the header names no destination";
  for (const key of ["items", "bytes", "acceptedAt"]) if (!isCount(header[key])) return `${key} is not a count`;
  for (const key of ["requeues", "replays"]) {
    if (header[key] !== undefined && !isCount(header[key])) return `${key} is not a count`;
  }
  const { encoding, replayOf, deadLetter } = header;
  if (replayOf !== undefined && typeof replayOf !== "string") return "replayOf is not a text";
  if (encoding !== "gzip" && encoding !== "identity") return `unknown encoding ${String(encoding)}`;
  if (deadLetter !== undefined && !isObject(deadLetter)) return "deadLetter is not an object";
  return undefined;
}

/** A message cut short or changed on its way shows in its length, or in the frame of the gzip member (RFC 1952). */
function damageOf(payload: Buffer, header: Omit<Batch, "payload">): string | undefined {
  const whole = "the payload is not whole: its size is not the one in the header";
  if (header.encoding === "identity") return payload.length === header.bytes ? undefined : whole;
  if (payload.length < 18 || payload[0] !== 0x1f || payload[1] !== 0x8b) return "the payload is not gzip";
  return payload.readUInt32LE(payload.length - 4) === header.bytes % 2 ** 32 ? undefined : whole;
}

function isBase64Of(payload: Buffer, base64Length: number): boolean {
  return base64Length % 4 === 0 && Math.ceil(payload.length / 3) * 4 === base64Length;
}

function headerOf({ payload: _, deadLetter, ...rest }: Batch): string {
  return ascii(JSON.stringify({ v: version, ...rest, ...(deadLetter && { deadLetter: bounded(deadLetter) }) }));
}

function base64(payload: Uint8Array): string {
  return viewOf(payload).toString("base64");
}

/** The view is the whole point: `Buffer.from(payload)` would copy it. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function ascii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function bounded(letter: DeadLetter): DeadLetter {
  const services = letter.services.slice(0, 5).map((name) => name.slice(0, 100));
  return { ...letter, message: letter.message.slice(0, 500), services };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function undecodable(message: string): Decoded {
  return { kind: "undecodable", message };
}
