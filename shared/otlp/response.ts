import protobuf from "protobufjs/minimal.js";
import { boundedText } from "../bounded-text.ts";
import { asInteger, asObject, maxDocumentBytes, parseObject } from "../json-document.ts";
import type { Encoding } from "./encoding.ts";
import type { Signal } from "./signals.ts";

/** What a server did not take of a request that it answered with success; `rejected` 0 with a message is a warning. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/**
 * The body of a successful answer, an `Export…ServiceResponse`. Without anything to report `partial_success` stays
 * unset: 0 bytes of protobuf, `{}` of JSON (OTLP specification, "Full Success" and "Partial Success").
 */
export function encodeResponse(signal: Signal, encoding: Encoding, partial?: PartialSuccess): Uint8Array {
  const { rejected = 0, message = "" } = partial ?? {};
  const text = boundedText(message);
  return encoding === "json" ? encodeJson(signal, rejected, text) : encodeProtobuf(rejected, text);
}

/**
 * Reads an `Export…ServiceResponse`: what was not taken, or undefined for full success and for a `partial_success` that says
 * nothing. `unreadable`: bytes that are not such an answer. One that was cut short is read up to there: its count comes first.
 */
export function decodeResponse(
  bytes: Uint8Array,
  signal: Signal,
  encoding: Encoding,
): PartialSuccess | undefined | "unreadable" {
  if (bytes.length === 0) return undefined;
  const decoded = encoding === "json" ? decodeJson(bytes, signal) : decodeProtobuf(bytes);
  if (decoded === "unreadable") return decoded;
  const { rejected, message } = decoded;
  if (rejected <= 0 && message === "") return undefined;
  return { rejected: Math.max(0, rejected), message: boundedText(message) };
}

function encodeProtobuf(rejected: number, message: string): Uint8Array {
  if (rejected === 0 && message === "") return new Uint8Array(0);
  const partial = new protobuf.Writer();
  if (rejected !== 0) partial.uint32(0x08).int64(rejected);
  if (message !== "") partial.uint32(0x12).string(message);
  return new protobuf.Writer().uint32(0x0a).bytes(partial.finish()).finish();
}

function encodeJson(signal: Signal, rejected: number, message: string): Uint8Array {
  const partial = {
    ...(rejected !== 0 && { [signal.rejectedField]: String(rejected) }),
    ...(message !== "" && { errorMessage: message }),
  };
  const response = Object.keys(partial).length === 0 ? {} : { partialSuccess: partial };
  return new TextEncoder().encode(JSON.stringify(response));
}

const nothing: PartialSuccess = { rejected: 0, message: "" };

function decodeProtobuf(bytes: Uint8Array): PartialSuccess | "unreadable" {
  if (bytes.length > maxDocumentBytes) return "unreadable";
  const found = { ...nothing };
  try {
    readResponse(new protobuf.Reader(bytes), found);
    return found;
  } catch {
    return found.rejected > 0 ? found : "unreadable";
  }
}

function readResponse(reader: protobuf.Reader, found: { rejected: number; message: string }): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag !== 0x0a) {
      reader.skipType(tag & 7);
      continue;
    }
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) {
      const inner = reader.uint32();
      if (inner === 0x08) found.rejected = Number(reader.int64());
      else if (inner === 0x12) found.message = reader.string();
      else reader.skipType(inner & 7);
    }
  }
}

function decodeJson(bytes: Uint8Array, signal: Signal): PartialSuccess | "unreadable" {
  const response = parseObject(bytes);
  if (response === undefined) return cutShort(bytes, signal);
  const known = response.partialSuccess ?? response.partial_success;
  // Another service's JSON; fields that a later version adds stand beside this one.
  const isOurs = "partialSuccess" in response || "partial_success" in response;
  if (!isOurs && Object.keys(response).length > 0) return "unreadable";
  const partial = asObject(known);
  if (partial === undefined) return nothing;
  const message = partial.errorMessage ?? partial.error_message;
  return {
    rejected: asInteger(partial[signal.rejectedField] ?? partial[snakeCase(signal.rejectedField)]) ?? 0,
    message: typeof message === "string" ? message : "",
  };
}

function cutShort(bytes: Uint8Array, { rejectedField }: Signal): PartialSuccess | "unreadable" {
  const start = new TextDecoder().decode(bytes.subarray(0, 1000));
  const count = new RegExp(`^\\s*\\{\\s*"partialSuccess"\\s*:\\s*\\{\\s*"${rejectedField}"\\s*:\\s*"?(\\d+)`).exec(
    start,
  )?.[1];
  return count === undefined ? "unreadable" : { rejected: Number(count), message: "" };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
