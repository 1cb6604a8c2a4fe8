import { FieldCursor } from "../../wire/field-cursor.ts";
import { varintSize, varintValue } from "../../wire/varint.ts";

const utf8 = new TextDecoder();
const pow32 = 2 ** 32;
/** 2^32 divided by a million, and what is left. */
const quotient = 4_294;
const remainder = 967_296;

/** A cursor over the message that the current field is. */
export function inside(cursor: FieldCursor): FieldCursor {
  return new FieldCursor(cursor.bytes, cursor.valueStart, cursor.wireType === 2 ? cursor.valueEnd : cursor.valueStart);
}

/** The current field as text. */
export function textOf(cursor: FieldCursor): string {
  return utf8.decode(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd));
}

/** The current field as a double. */
export function doubleOf(cursor: FieldCursor): number {
  return viewOf(cursor).getFloat64(cursor.valueStart, true);
}

/** The current field, 64 bits without a sign, as the nearest number. */
export function fixed64Of(cursor: FieldCursor): number {
  const view = viewOf(cursor);
  return view.getUint32(cursor.valueStart + 4, true) * pow32 + view.getUint32(cursor.valueStart, true);
}

/** The current field, 64 bits with a sign, as the nearest number. */
export function sfixed64Of(cursor: FieldCursor): number {
  return Number(viewOf(cursor).getBigInt64(cursor.valueStart, true));
}

/** The current field, nanoseconds, cut to milliseconds; undefined above what 63 bits hold. Exact, without big integers. */
export function millisecondsOf(cursor: FieldCursor): number | undefined {
  const view = viewOf(cursor);
  const low = view.getUint32(cursor.valueStart, true);
  const high = view.getUint32(cursor.valueStart + 4, true);
  return high >= 2 ** 31 ? undefined : high * quotient + Math.floor((high * remainder + low) / 1_000_000);
}

/** The current field as an unsigned varint. */
export function uintOf(cursor: FieldCursor): number {
  return varintValue(cursor.bytes, cursor.valueStart, cursor.valueEnd - cursor.valueStart);
}

/** The current field as a zigzag varint. */
export function sintOf(cursor: FieldCursor): number {
  const value = uintOf(cursor);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Adds the values of a repeated field of 64 bits, packed or not. */
export function pushFixed64(cursor: FieldCursor, into: number[], read: "double" | "fixed64"): void {
  const view = viewOf(cursor);
  for (let at = cursor.valueStart; at + 8 <= cursor.valueEnd; at += 8) {
    into.push(
      read === "double" ? view.getFloat64(at, true) : view.getUint32(at + 4, true) * pow32 + view.getUint32(at, true),
    );
  }
}

/** Adds the values of a repeated field of varints, packed or not. */
export function pushVarints(cursor: FieldCursor, into: number[]): void {
  for (let at = cursor.valueStart; at < cursor.valueEnd; ) {
    const size = varintSize(cursor.bytes, at, cursor.valueEnd);
    if (size === 0) {
      return;
    }
    into.push(varintValue(cursor.bytes, at, size));
    at += size;
  }
}

function viewOf({ bytes }: FieldCursor): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
