import { acceptedCodings } from "../../compression/content-encoding.ts";
import { type Signal, signals } from "../../otlp/signals.ts";
import type { RpcStatus } from "../../rpc/rpc-status.ts";
import { signalNames } from "../../signal.ts";
import type { Rejection } from "../../wire/rejection.ts";

/** A request that is refused for good: what the sender is told, and the class that is counted. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 417 | 431 | 501;
  /** Class of the reason, one of the few words of this file. */
  readonly reason: string;
  readonly message: string;
  readonly violations?: RpcStatus["violations"];
  readonly headers?: Readonly<Record<string, string>>;
}

const paths = signalNames.map((name) => signals[name].path).join(", ");

/** 404 for a path that is neither a signal's nor the health check's. */
export function unknownPath(path: string): Refusal {
  const message = `There is no path ${quote(path)}: OTLP/HTTP is served at ${paths}.`;
  return { status: 404, reason: "path", message };
}

/** 405 with the methods that the path has (RFC 9110 15.5.6). */
export function wrongMethod(method: string, path: string, allow: string): Refusal {
  const message = `The method ${quote(method)} is not allowed at ${path}: use ${allow}.`;
  return { status: 405, reason: "method", message, headers: { allow } };
}

/** 401 that asks for a bearer token (RFC 6750). */
export function unauthorized(): Refusal {
  const message = "The Authorization header must carry a valid bearer token.";
  return { status: 401, reason: "token", message, headers: { "www-authenticate": 'Bearer realm="sluice"' } };
}

/** 403 for a page of an origin that is not allowed (Fetch standard, "CORS protocol"). */
export function unknownOrigin(origin: string): Refusal {
  const message = `Pages of ${quote(origin)} may not send here: add the origin to SLUICE_CORS_ORIGINS.`;
  return { status: 403, reason: "origin", message };
}

/** 415 for what is neither protobuf nor JSON. */
export function unsupportedType(contentType: string | undefined): Refusal {
  const given = contentType ? quote(contentType) : "missing";
  const message = `The Content-Type is ${given}: use application/x-protobuf or application/json.`;
  return { status: 415, reason: "content-type", message };
}

/** 415 that names the codings that are understood (RFC 9110 15.5.16). */
export function unsupportedCoding(coding: string): Refusal {
  const message = `The Content-Encoding ${quote(coding)} is not supported: use gzip.`;
  return { status: 415, reason: "content-encoding", message, headers: { "accept-encoding": acceptedCodings } };
}

/** 400 for a body that is not what its Content-Encoding says. */
export function corruptContent(coding: string | undefined, message: string): Refusal {
  return {
    status: 400,
    reason: "content",
    message: `The body is not valid ${quote(coding?.trim() ?? "")}: ${message}.`,
  };
}

/** 413 for a body that passes `maxBytes`, before or after decompression. */
export function tooLarge(maxBytes: number): Refusal {
  const message = `The request is larger than ${maxBytes} bytes once decompressed: send smaller batches, or raise SLUICE_MAX_REQUEST_BYTES.`;
  return { status: 413, reason: "too-large", message };
}

/** 413 for content that passes a limit: of items, or of bytes as protobuf where it was JSON. */
export function oversized({ message }: Rejection): Refusal {
  return { status: 413, reason: "too-large", message: `${message} Send smaller batches.` };
}

/** 400 for bytes that are not an export request, with a BadRequest that names the field and the byte. */
export function malformed({ message, path, offset }: Rejection, { request }: Signal): Refusal {
  const where = path === "" ? `byte ${offset}` : `${path}, byte ${offset}`;
  const violations = [{ field: path || request.name, description: `${message} (byte ${offset})` }];
  return { status: 400, reason: "malformed", message: `Not an ${request.name}, at ${where}: ${message}`, violations };
}

/** 400 for a Lambda event that no request can be read from. */
export function unreadableEvent(message: string): Refusal {
  return { status: 400, reason: "event", message };
}

/** Data of the sender inside a message: quoted, bounded, without control characters. */
function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
