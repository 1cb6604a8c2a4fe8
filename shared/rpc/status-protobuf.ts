import protobuf from "protobufjs/minimal.js";
import { maxDocumentBytes } from "../json-document.ts";
import type { RpcStatus, Violation } from "./rpc-status.ts";
import { badRequestType, retryInfoType } from "./status-details.ts";

/** `google.rpc.Status` on the wire; fields that are zero are left out, as every protobuf writer does. */
export function encodeStatusProtobuf({ code, message, retryAfterMs, violations }: RpcStatus): Uint8Array {
  const writer = new protobuf.Writer();
  if (code !== 0) writer.uint32(0x08).int32(code);
  if (message !== "") writer.uint32(0x12).string(message);
  if (retryAfterMs !== undefined) writeDetail(writer, retryInfoType, retryInfo(retryAfterMs));
  if (violations !== undefined) writeDetail(writer, badRequestType, badRequest(violations));
  return writer.finish();
}

/** The inverse; details of other types are passed over, and what is malformed anywhere is undefined. */
export function decodeStatusProtobuf(bytes: Uint8Array): RpcStatus | undefined {
  if (bytes.length > maxDocumentBytes) return undefined;
  try {
    return readStatus(new protobuf.Reader(bytes));
  } catch {
    return undefined;
  }
}

function writeDetail(writer: protobuf.Writer, type: string, value: Uint8Array): void {
  writer.uint32(0x1a).fork().uint32(0x0a).string(type).uint32(0x12).bytes(value).ldelim();
}

function retryInfo(retryAfterMs: number): Uint8Array {
  const seconds = Math.floor(retryAfterMs / 1000);
  const nanos = (retryAfterMs % 1000) * 1e6;
  const writer = new protobuf.Writer().uint32(0x0a).fork();
  if (seconds !== 0) writer.uint32(0x08).int64(seconds);
  if (nanos !== 0) writer.uint32(0x10).int32(nanos);
  return writer.ldelim().finish();
}

function badRequest(violations: readonly Violation[]): Uint8Array {
  const writer = new protobuf.Writer();
  for (const { field, description } of violations) {
    writer.uint32(0x0a).fork();
    if (field !== "") writer.uint32(0x0a).string(field);
    if (description !== "") writer.uint32(0x12).string(description);
    writer.ldelim();
  }
  return writer.finish();
}

/** Calls `on` for every field; a field that `on` does not read is passed over. */
function readFields(reader: protobuf.Reader, on: (tag: number) => boolean): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!on(tag)) reader.skipType(tag & 7);
  }
}

function readStatus(reader: protobuf.Reader): RpcStatus {
  let status: RpcStatus = { code: 0, message: "" };
  readFields(reader, (tag) => {
    if (tag === 0x08) status = { ...status, code: reader.int32() };
    else if (tag === 0x12) status = { ...status, message: reader.string() };
    else if (tag === 0x1a) status = { ...status, ...readDetail(new protobuf.Reader(reader.bytes())) };
    else return false;
    return true;
  });
  return status;
}

function readDetail(reader: protobuf.Reader): Partial<RpcStatus> {
  let type = "";
  let value: Uint8Array = new Uint8Array(0);
  readFields(reader, (tag) => {
    if (tag === 0x0a) type = reader.string();
    else if (tag === 0x12) value = reader.bytes();
    else return false;
    return true;
  });
  if (type === retryInfoType) return { retryAfterMs: readRetryInfo(new protobuf.Reader(value)) };
  return type === badRequestType ? { violations: readBadRequest(new protobuf.Reader(value)) } : {};
}

function readRetryInfo(reader: protobuf.Reader): number {
  let seconds = 0;
  let nanos = 0;
  readFields(reader, (tag) => {
    if (tag !== 0x0a) return false;
    const duration = new protobuf.Reader(reader.bytes());
    readFields(duration, (inner) => {
      if (inner === 0x08) seconds = Number(duration.int64());
      else if (inner === 0x10) nanos = duration.int32();
      else return false;
      return true;
    });
    return true;
  });
  return seconds * 1000 + Math.round(nanos / 1e6);
}

function readBadRequest(reader: protobuf.Reader): Violation[] {
  const violations: Violation[] = [];
  readFields(reader, (tag) => {
    if (tag !== 0x0a) return false;
    const violation = new protobuf.Reader(reader.bytes());
    let field = "";
    let description = "";
    readFields(violation, (inner) => {
      if (inner === 0x0a) field = violation.string();
      else if (inner === 0x12) description = violation.string();
      else return false;
      return true;
    });
    violations.push({ field, description });
    return true;
  });
  return violations;
}
