import protobuf from "protobufjs/minimal.js";
import { boundedText } from "./bounded-text.ts";
import type { Encoding } from "./encoding.ts";
import { asInteger, asObject, maxDocumentBytes, parseObject } from "./json-document.ts";
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
 * Reads an `Export…ServiceResponse`: what was not taken, or undefined for full success, for a `partial_success` that
 * says nothing, and for bytes that cannot be read (an answer with status 200 is a success whatever its body).
 */
export function decodeResponse(bytes: Uint8Array, signal: Signal, encoding: Encoding): PartialSuccess | undefined {
  const { rejected, message } = encoding === "json" ? decodeJson(bytes, signal) : decodeProtobuf(bytes);
  if (rejected <= 0 && message === "") return undefined;
  return { rejected: Math.max(0, rejected), message: boundedText(message) };
}

function encodeProtobuf(rejected: number, message: string): Uint8Array {
  const partial = new protobuf.Writer();
  if (rejected !== 0) partial.uint32(0x08).int64(rejected);
  if (message !== "") partial.uint32(0x12).string(message);
  const body = partial.finish();
  return body.length === 0 ? new Uint8Array(0) : new protobuf.Writer().uint32(0x0a).bytes(body).finish();
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

function decodeProtobuf(bytes: Uint8Array): PartialSuccess {
  if (bytes.length > maxDocumentBytes) return nothing;
  try {
    return readResponse(new protobuf.Reader(bytes));
  } catch {
    return nothing;
  }
}

function readResponse(reader: protobuf.Reader): PartialSuccess {
  let { rejected, message } = nothing;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag !== 0x0a) {
      reader.skipType(tag & 7);
      continue;
    }
    const partial = new protobuf.Reader(reader.bytes());
    while (partial.pos < partial.len) {
      const inner = partial.uint32();
      if (inner === 0x08) rejected = Number(partial.int64());
      else if (inner === 0x12) message = partial.string();
      else partial.skipType(inner & 7);
    }
  }
  return { rejected, message };
}

function decodeJson(bytes: Uint8Array, signal: Signal): PartialSuccess {
  const response = parseObject(bytes);
  const partial = asObject(response?.partialSuccess ?? response?.partial_success);
  if (partial === undefined) return nothing;
  const message = partial.errorMessage ?? partial.error_message;
  return {
    rejected: asInteger(partial[signal.rejectedField] ?? partial[snakeCase(signal.rejectedField)]) ?? 0,
    message: typeof message === "string" ? message : "",
  };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
