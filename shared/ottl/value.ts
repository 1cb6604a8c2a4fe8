import { type AnyValue, ListValue, MapValue } from "../edit/any-value.ts";

/** An instant in nanoseconds since 1970, with the zone that parts of it are told in: minutes east of UTC, and its name. */
export class TimeValue {
  readonly ns: bigint;
  readonly offsetMinutes: number;
  readonly zone: string;

  constructor(ns: bigint, offsetMinutes = 0, zone = "UTC") {
    this.ns = ns;
    this.offsetMinutes = offsetMinutes;
    this.zone = zone;
  }
}

/** A span of time in nanoseconds. */
export class DurationValue {
  readonly ns: bigint;

  constructor(ns: bigint) {
    this.ns = ns;
  }
}

type IdKind = "TraceID" | "SpanID" | "ProfileID";

/** A trace id or a profile id of 16 bytes, or a span id of 8; absent ones are zeros. */
export class IdValue {
  readonly kind: IdKind;
  readonly bytes: Uint8Array;

  constructor(kind: IdKind, bytes: Uint8Array) {
    this.kind = kind;
    this.bytes = bytes;
  }
}

/** Something that can be read and not taken apart: events, links, exemplars, data points, a status. */
export class OpaqueValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Numbers of a data point: a list that attributes do not take. */
export class NumberList extends ListValue {}

/** A value while a statement runs: int64 as bigint, double as number, nil as null. */
export type Value = AnyValue | TimeValue | DurationValue | IdValue | OpaqueValue;

/** What a value is called in messages: Go's names, as the Collector prints them. */
export function kindOf(value: Value): string {
  if (value === null) return "nil";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (value instanceof Uint8Array) return "[]byte";
  if (value instanceof MapValue) return "map";
  if (value instanceof ListValue) return "list";
  if (value instanceof TimeValue) return "time";
  if (value instanceof DurationValue) return "duration";
  return value instanceof IdValue ? value.kind : value.name;
}

/** Whether a value can stand in attributes and bodies. */
export function isAnyValue(value: Value): value is AnyValue {
  return !(
    value instanceof TimeValue ||
    value instanceof DurationValue ||
    value instanceof IdValue ||
    value instanceof OpaqueValue ||
    value instanceof NumberList
  );
}
