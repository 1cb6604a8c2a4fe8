import { FieldCursor } from "./field-cursor.ts";
import { wireTypeOf } from "./scan-table.ts";
import type { Field, Message } from "./schema.ts";
import { varintSize } from "./varint.ts";

/** A value of JSON. */
export type JsonValue = string | number | boolean | JsonObject | readonly JsonValue[];
/** An object of JSON. */
export type JsonObject = { readonly [name: string]: JsonValue };

/**
 * A message as JSON, for people and for tools, as OTLP/JSON writes it: ids in lower-case hex, bytes in base64, 64-bit integers
 * as strings, NaN, infinities and -0 as strings, enums as numbers. Unknown fields are left out; what stands in a deprecated
 * field without a JSON name stands with the others. The input must have passed `scan`.
 */
export function toJson(bytes: Uint8Array, root: Message): JsonObject {
  return readMessage([bytes], root);
}

/** The value of a field as it stands on the wire. */
interface Occurrence {
  readonly wireType: number;
  readonly value: Uint8Array;
}

/** `pieces` is one message: one that stands on the wire several times is the concatenation of its parts. */
function readMessage(pieces: readonly Uint8Array[], message: Message): JsonObject {
  const found = new Map<Field, Occurrence[]>();
  for (const piece of pieces) collect(piece, message, found);
  const entries = new Map<string, JsonValue>();
  for (const field of message.fields) {
    const occurrences = found.get(field);
    if (occurrences === undefined) continue;
    const name = nameOf(field, message);
    const value = readField(field, occurrences);
    const before = entries.get(name);
    entries.set(name, Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value);
  }
  return Object.fromEntries(entries);
}

function collect(piece: Uint8Array, message: Message, found: Map<Field, Occurrence[]>): void {
  const cursor = new FieldCursor(piece, 0, piece.length);
  while (cursor.next()) {
    const field = message.fields.find(({ number }) => number === cursor.number);
    if (field === undefined) continue;
    if (field.oneof !== undefined) {
      // The last member of a oneof wins.
      for (const other of found.keys()) if (other !== field && other.oneof === field.oneof) found.delete(other);
    }
    const value = piece.subarray(cursor.valueStart, cursor.valueEnd);
    const occurrences = found.get(field);
    if (occurrences === undefined) found.set(field, [{ wireType: cursor.wireType, value }]);
    else occurrences.push({ wireType: cursor.wireType, value });
  }
}

/** The deprecated field 1000 has no name in JSON: it holds what the field of the same type holds. */
function nameOf(field: Field, message: Message): string {
  const twin = message.fields.find((other) => other.message === field.message && other.jsonName !== undefined);
  return field.jsonName ?? twin?.jsonName ?? field.name;
}

function readField(field: Field, occurrences: readonly Occurrence[]): JsonValue {
  const { message } = field;
  if (message !== undefined) {
    const pieces = occurrences.map(({ value }) => value);
    return field.repeated ? pieces.map((piece) => readMessage([piece], message)) : readMessage(pieces, message);
  }
  if (field.repeated) return occurrences.flatMap((occurrence) => elements(field, occurrence));
  return readScalar(field, occurrences.at(-1)?.value ?? new Uint8Array(0));
}

/** Bytes of a packed element by its wire type; undefined for varints. */
const sizes: readonly (number | undefined)[] = [undefined, 8, undefined, undefined, undefined, 4];

/** Repeated numbers stand packed in one value or one by one. */
function elements(field: Field, { wireType, value }: Occurrence): JsonValue[] {
  if (wireType !== 2 || field.type === "string") return [readScalar(field, value)];
  const values: JsonValue[] = [];
  for (let at = 0; at < value.length; ) {
    const size = sizes[wireTypeOf(field.type)] ?? varintSize(value, at, value.length);
    if (size === 0) break;
    values.push(readScalar(field, value.subarray(at, at + size)));
    at += size;
  }
  return values;
}

function readScalar(field: Field, value: Uint8Array): JsonValue {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  switch (field.type) {
    case "string":
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(value);
    case "bytes":
      return field.idLengths ? hex(value) : base64(value);
    case "double":
      return double(view.getFloat64(0, true));
    case "fixed32":
      return view.getUint32(0, true);
    case "fixed64":
      return view.getBigUint64(0, true).toString();
    case "sfixed64":
      return view.getBigInt64(0, true).toString();
    case "bool":
      return varint(value) !== 0n;
    case "uint64":
      return varint(value).toString();
    case "int64":
      return BigInt.asIntN(64, varint(value)).toString();
    case "uint32":
      return Number(BigInt.asUintN(32, varint(value)));
    case "sint32":
      return Number(zigzag(BigInt.asUintN(32, varint(value))));
    case "sint64":
      return zigzag(BigInt.asUintN(64, varint(value))).toString();
    default:
      return Number(BigInt.asIntN(32, varint(value)));
  }
}

function varint(value: Uint8Array): bigint {
  return value.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 127), 0n);
}

function zigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

function double(value: number): JsonValue {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}

function hex(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64(value: Uint8Array): string {
  return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""));
}
