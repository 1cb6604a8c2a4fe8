import { FieldCursor } from "../wire/field-cursor.ts";
import type { WireWriter } from "../wire/wire-writer.ts";

const text = new TextDecoder();

/** A range of bytes. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The `KeyValue` under the cursor: where its key and its `AnyValue` are. */
export function findPair(bytes: Uint8Array, { valueStart, valueEnd }: FieldCursor): { key: Range; value: Range } {
  const cursor = new FieldCursor(bytes, valueStart, valueEnd);
  let key = { from: valueEnd, to: valueEnd };
  let value = { from: valueEnd, to: valueEnd };
  while (cursor.next()) {
    if (cursor.number === 1) key = { from: cursor.valueStart, to: cursor.valueEnd };
    else if (cursor.number === 2) value = { from: cursor.valueStart, to: cursor.valueEnd };
  }
  return { key, value };
}

/** Whether the bytes of a range are those of an ASCII text: cheaper than to decode them (bench/firehose.ts, gauges). */
export function isText(bytes: Uint8Array, { from, to }: Range, expected: string): boolean {
  if (to - from !== expected.length) return false;
  for (let at = 0; at < expected.length; at++) if (bytes[from + at] !== expected.charCodeAt(at)) return false;
  return true;
}

/** The text of a range. */
export function textOf(bytes: Uint8Array, { from, to }: Range): string {
  return text.decode(bytes.subarray(from, to));
}

/** The text of an `AnyValue`; empty where it is none. */
export function stringOf(bytes: Uint8Array, { from, to }: Range): string {
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    if (cursor.number === 1) return text.decode(bytes.subarray(cursor.valueStart, cursor.valueEnd));
  }
  return "";
}

/** Copies a field, or several, as they are. */
export function writeRaw(writer: WireWriter, bytes: Uint8Array, { from, to }: Range): void {
  writer.ensure(to - from);
  writer.bytes.set(bytes.subarray(from, to), writer.at);
  writer.at += to - from;
}
