import { FieldCursor } from "../wire/field-cursor.ts";
import type { WireWriter } from "../wire/wire-writer.ts";

const text = new TextDecoder();

/** A range of bytes. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The `KeyValue` under the cursor: its key, and where its `AnyValue` is. */
export function readPair(bytes: Uint8Array, { valueStart, valueEnd }: FieldCursor): { key: string; value: Range } {
  const cursor = new FieldCursor(bytes, valueStart, valueEnd);
  let key = "";
  let value = { from: valueEnd, to: valueEnd };
  while (cursor.next()) {
    if (cursor.number === 1) key = text.decode(bytes.subarray(cursor.valueStart, cursor.valueEnd));
    else if (cursor.number === 2) value = { from: cursor.valueStart, to: cursor.valueEnd };
  }
  return { key, value };
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
