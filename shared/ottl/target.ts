import { type AnyValue, copyValue, ListValue, MapValue } from "../edit/any-value.ts";
import { bytesField } from "../edit/encode-field.ts";
import { utf8 } from "../edit/text.ts";
import { encodeAnyValue } from "../edit/write-any-value.ts";
import { Failure } from "./failure.ts";
import type { Frame } from "./frame.ts";
import { getIn, type Key, setIn } from "./index-value.ts";
import { expectText, type Field, replaceMap } from "./paths/field.ts";
import { setTraceState, traceStateValue } from "./trace-state.ts";
import { isAnyValue, kindOf, type Value } from "./value.ts";

/** Something that can be read and set: a path with its keys. */
export interface Target {
  get(frame: Frame): Value;
  /** Nil changes nothing. Throws `Failure` for a value of the wrong kind. */
  set(frame: Frame, value: Value): void;
}

export type ReadKeys = (frame: Frame) => readonly Key[];

/** The field itself. */
export function wholeTarget(field: Field): Target {
  return {
    get: (frame) => field.get(frame),
    set: (frame, value) => {
      if (value !== null) field.set(frame, value);
    },
  };
}

/** What keys behind a field lead to. */
export function keyedTarget(field: Field, readKeys: ReadKeys): Target {
  if (field.keys === "traceState") return traceStateTarget(field, readKeys);
  if (field.keys === "any") return anyTarget(field, readKeys);
  return {
    get: (frame) => getIn(field.get(frame), readKeys(frame)),
    set: (frame, value) => {
      if (value !== null) assign(field.get(frame) as MapValue, readKeys(frame), value);
    },
  };
}

/** The body of a log record: a map or a list, or it has no keys. */
function anyTarget(field: Field, readKeys: ReadKeys): Target {
  const read = (frame: Frame): MapValue | ListValue => {
    const value = field.get(frame);
    if (value instanceof MapValue || value instanceof ListValue) return value;
    throw new Failure(`log bodies of type ${kindOf(value)} cannot be indexed`);
  };
  return {
    get: (frame) => getIn(read(frame), readKeys(frame)),
    set: (frame, value) => {
      if (value === null) return;
      const body = read(frame);
      assign(body, readKeys(frame), value);
      frame.scene.item.put(5, bytesField(5, encodeAnyValue(body)));
    },
  };
}

/** Like the Collector, leaves an empty value behind where a new key is set to what it cannot hold. */
function assign(root: MapValue | ListValue, keys: readonly Key[], value: Value): void {
  if (isAnyValue(value)) {
    setIn(root, keys, copyValue(value));
    return;
  }
  if (getIn(root, keys) === null) setIn(root, keys, null);
  throw new Failure(`unsupported type ${kindOf(value)} for set operation`);
}

function traceStateTarget(field: Field, readKeys: ReadKeys): Target {
  const keyOf = (frame: Frame): string => {
    const [key] = readKeys(frame);
    if (key === undefined || typeof key === "bigint") throw new Failure("trace_state takes one string as its key");
    return key.text;
  };
  return {
    get: (frame) => traceStateValue(expectText(field.get(frame)), keyOf(frame)),
    set: (frame, value) => {
      if (value === null) return;
      const state = expectText(field.get(frame));
      const changed = setTraceState(state, { key: keyOf(frame), value: expectText(value) });
      if (changed !== undefined) field.set(frame, changed);
    },
  };
}

/** The map of the context. */
export const cacheField: Field = {
  keys: "map",
  get: (frame) => frame.cache,
  set: (frame, value) => {
    if (value !== frame.cache) replaceMap(frame.cache, value);
  },
};

/** The bytes of a text, for keys that are known when the statement is read. */
export function constantKeys(keys: readonly (string | bigint)[]): readonly Key[] {
  return keys.map((key) => (typeof key === "string" ? { text: key, bytes: utf8(key) } : key));
}

/** A copy for a value that goes to another place. */
export function copied(value: Value): AnyValue {
  if (isAnyValue(value)) return copyValue(value);
  throw new Failure(`unsupported type ${kindOf(value)}`);
}
