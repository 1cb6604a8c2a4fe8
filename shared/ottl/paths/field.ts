import { type AnyValue, copyValue, MapValue } from "../../edit/any-value.ts";
import { bytesField, doubleField, fixed32Field, fixed64Field, varintField } from "../../edit/encode-field.ts";
import type { MessageView } from "../../edit/message-view.ts";
import { utf8 } from "../../edit/text.ts";
import { Failure } from "../failure.ts";
import type { Frame } from "../frame.ts";
import { IdValue, isAnyValue, kindOf, OpaqueValue, TimeValue, type Value } from "../value.ts";

/** Something that a path names. `set` throws `Failure` for a value of the wrong kind; nil never gets there. */
export interface Field {
  get(frame: Frame): Value;
  set(frame: Frame, value: Value): void;
  /** What keys do behind it; without it there can be none. */
  readonly keys?: "map" | "any" | "traceState";
}

/** The message that a field belongs to. */
export type ViewOf = (frame: Frame) => MessageView;

/** The fields of a context by the names behind its own, as `status.code`. */
export type FieldTable = Readonly<Record<string, Field>>;

/** Refuses a value that is not a string. */
export function expectText(value: Value): string {
  if (typeof value === "string") return value;
  throw new Failure(`expects string but got ${kindOf(value)}`);
}

/** Refuses a value that is not an int. */
export function expectInt(value: Value): bigint {
  if (typeof value === "bigint") return value;
  throw new Failure(`expects int64 but got ${kindOf(value)}`);
}

/** Refuses a value that is not a double. */
export function expectDouble(value: Value): number {
  if (typeof value === "number") return value;
  throw new Failure(`expects float64 but got ${kindOf(value)}`);
}

/** Refuses a value that is not a time. */
export function expectTime(value: Value): TimeValue {
  if (value instanceof TimeValue) return value;
  throw new Failure(`expects time but got ${kindOf(value)}`);
}

/** A value that can stand in attributes, copied. */
export function expectAny(value: Value): AnyValue {
  if (isAnyValue(value)) return copyValue(value);
  throw new Failure(`unsupported type ${kindOf(value)} for set operation`);
}

/** A field of text. */
export function text(view: ViewOf, number: number): Field {
  return {
    get: (frame) => view(frame).text(number),
    set: (frame, value) => view(frame).put(number, bytesField(number, utf8(expectText(value)))),
  };
}

/** An int of 32 bits in a varint: counts, enums, flags. */
export function varint32(view: ViewOf, number: number, isSigned = false): Field {
  return {
    get: (frame) => BigInt.asIntN(64, view(frame).varint(number)),
    set: (frame, value) => {
      const int = expectInt(value);
      view(frame).put(number, varintField(number, isSigned ? BigInt.asIntN(32, int) : BigInt.asUintN(32, int)));
    },
  };
}

/** A field of type fixed32, as an int. */
export function fixed32(view: ViewOf, number: number): Field {
  return {
    get: (frame) => BigInt(view(frame).fixed32(number)),
    set: (frame, value) => view(frame).put(number, fixed32Field(number, Number(BigInt.asUintN(32, expectInt(value))))),
  };
}

/** A field of type fixed64, as an int. */
export function fixed64(view: ViewOf, number: number): Field {
  return {
    get: (frame) => BigInt.asIntN(64, view(frame).fixed64(number)),
    set: (frame, value) => view(frame).put(number, fixed64Field(number, expectInt(value))),
  };
}

/** A field of type double. */
export function double(view: ViewOf, number: number): Field {
  return {
    get: (frame) => view(frame).double(number),
    set: (frame, value) => view(frame).put(number, doubleField(number, expectDouble(value))),
  };
}

/** Nanoseconds since 1970 as a time. */
export function time(view: ViewOf, number: number): Field {
  return {
    get: (frame) => new TimeValue(BigInt.asIntN(64, view(frame).fixed64(number))),
    set: (frame, value) => view(frame).put(number, fixed64Field(number, expectTime(value).ns)),
  };
}

/** A list of KeyValue. */
export function attributes(view: ViewOf, number: number): Field {
  return {
    keys: "map",
    get: (frame) => view(frame).map(number),
    set: (frame, value) => replaceMap(view(frame).map(number), value),
  };
}

/** Puts the entries of a map, copied, in place of all that another one holds. */
export function replaceMap(target: MapValue, value: Value): void {
  if (!(value instanceof MapValue)) throw new Failure(`expects map but got ${kindOf(value)}`);
  // An editor changed the map where it stands.
  if (value === target) return;
  const pairs = value.pairs().map(([key, each]) => [key, copyValue(each)] as const);
  target.clear();
  for (const [key, each] of pairs) target.append(key, each);
}

/** The ways to name a trace or span id: `id` and `id.string`. */
export function id(name: string, options: { view: ViewOf; number: number; kind: IdValue["kind"] }): FieldTable {
  const { view, number, kind } = options;
  const size = kind === "TraceID" ? 16 : 8;
  const read = (frame: Frame): Uint8Array => {
    const bytes = view(frame).data(number);
    return bytes.length === size ? bytes : new Uint8Array(size);
  };
  const write = (frame: Frame, bytes: Uint8Array): void => {
    if (bytes.every((byte) => byte === 0)) view(frame).remove(number);
    else view(frame).put(number, bytesField(number, bytes));
  };
  return {
    [name]: {
      get: (frame) => new IdValue(kind, read(frame)),
      set: (frame, value) => {
        if (!(value instanceof IdValue) || value.kind !== kind)
          throw new Failure(`expects ${kind} but got ${kindOf(value)}`);
        write(frame, value.bytes);
      },
    },
    [`${name}.string`]: {
      get: (frame) => hexOf(read(frame)),
      set: (frame, value) => write(frame, bytesOfHex(expectText(value), size)),
    },
  };
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes in hexadecimal, lower case. */
export function hexOf(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += digits[byte];
  return hex;
}

/** The bytes of an id in hexadecimal digits. */
export function bytesOfHex(hex: string, size: number): Uint8Array {
  if (hex.length !== size * 2 || !/^[0-9a-fA-F]*$/.test(hex))
    throw new Failure(`an id must be ${size * 2} hex characters`);
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Something that can be compared with nil and no more; setting it has no effect but on its kind. */
export function opaque(name: string): Field {
  return {
    get: () => new OpaqueValue(name),
    set: (_frame, value) => {
      if (!(value instanceof OpaqueValue) || value.name !== name)
        throw new Failure(`expects ${name} but got ${kindOf(value)}`);
    },
  };
}
