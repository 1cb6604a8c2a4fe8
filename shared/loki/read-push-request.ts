import { FieldCursor } from "../wire/field-cursor.ts";
import { varintSize, varintValue } from "../wire/varint.ts";
import type { Entry, Label, LabelSet } from "./entry.ts";
import { parseLabels } from "./labels.ts";
import { joinTime } from "./split-time.ts";

/** A push request as entries, or why it cannot be read, in a sentence. */
export type ReadPush =
  /** `problem`: why some streams were left out. */
  | { readonly kind: "entries"; readonly entries: readonly Entry[]; readonly problem?: string }
  | { readonly kind: "invalid"; readonly reason: string };

class Malformed extends Error {}

const textDecoder = new TextDecoder();

/** Reads a `logproto.PushRequest` (after decompression), however it was encoded. Never throws for bad bytes. */
export function readPushRequest(bytes: Uint8Array): ReadPush {
  const entries: Entry[] = [];
  let problem: string | undefined;
  try {
    const cursor = new FieldCursor(bytes, 0, bytes.length);
    eachField(cursor, () => {
      if (cursor.number === 1 && cursor.wireType === 2)
        inside(cursor, () => (problem = readStream(cursor, entries) ?? problem));
    });
    return { kind: "entries", entries, ...(problem !== undefined && { problem }) };
  } catch (error) {
    if (error instanceof Malformed) return { kind: "invalid", reason: error.message };
    throw error;
  }
}

/** Returns what is wrong with its labels; then the stream is left out. */
function readStream(cursor: FieldCursor, into: Entry[]): string | undefined {
  const start = into.length;
  let labels = "";
  eachField(cursor, () => {
    if (cursor.wireType !== 2) return;
    if (cursor.number === 1) labels = text(cursor);
    else if (cursor.number === 2) inside(cursor, () => into.push(readEntry(cursor)));
  });
  const parsed = parseLabels(labels);
  if (parsed.kind === "invalid") {
    into.length = start;
    return parsed.reason;
  }
  for (let at = start; at < into.length; at += 1) into[at] = { ...(into[at] as Entry), labels: parsed.labels };
  return undefined;
}

const noLabels: LabelSet = [];

function readEntry(cursor: FieldCursor): Entry {
  let timeUnixNano = 0n;
  let line = "";
  const metadata: Label[] = [];
  eachField(cursor, () => {
    if (cursor.wireType !== 2) return;
    if (cursor.number === 1) inside(cursor, () => (timeUnixNano = readTime(cursor)));
    else if (cursor.number === 2) line = text(cursor);
    else if (cursor.number === 3) inside(cursor, () => metadata.push(readPair(cursor)));
  });
  return { labels: noLabels, timeUnixNano, line, metadata };
}

function readTime(cursor: FieldCursor): bigint {
  let [seconds, nanos] = [0, 0];
  eachField(cursor, () => {
    if (cursor.wireType !== 0) return;
    if (cursor.number === 1) seconds = signed(cursor);
    else if (cursor.number === 2) nanos = signed(cursor);
  });
  if (nanos < 0 || nanos > 999_999_999 || Math.abs(seconds) > 9_223_372_036) {
    throw new Malformed(`a time is out of range: ${seconds} s and ${nanos} ns`);
  }
  return joinTime(seconds, nanos);
}

function readPair(cursor: FieldCursor): Label {
  let [name, value] = ["", ""];
  eachField(cursor, () => {
    if (cursor.wireType !== 2) return;
    if (cursor.number === 1) name = text(cursor);
    else if (cursor.number === 2) value = text(cursor);
  });
  return { name, value };
}

function signed(cursor: FieldCursor): number {
  const size = varintSize(cursor.bytes, cursor.valueStart, cursor.valueEnd);
  const value = varintValue(cursor.bytes, cursor.valueStart, size);
  if (value < 2 ** 53) return value;
  let exact = 0n;
  for (let at = cursor.valueStart + size - 1; at >= cursor.valueStart; at -= 1) {
    exact = (exact << 7n) | BigInt((cursor.bytes[at] ?? 0) & 127);
  }
  return Number(BigInt.asIntN(64, exact));
}

function text(cursor: FieldCursor): string {
  return textDecoder.decode(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd));
}

function inside(cursor: FieldCursor, read: () => void): void {
  const outerEnd = cursor.enter();
  read();
  cursor.leave(outerEnd);
}

function eachField(cursor: FieldCursor, read: () => void): void {
  while (cursor.next()) read();
  if (cursor.fieldStart !== cursor.end)
    throw new Malformed("unexpected EOF: the message is cut off or is not protobuf");
}
