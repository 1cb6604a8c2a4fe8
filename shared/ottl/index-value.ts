import { type AnyValue, ListValue, type MapKey, MapValue } from "../edit/any-value.ts";
import { Failure } from "./failure.ts";
import { kindOf, type Value } from "./value.ts";

/** A key that was evaluated: of a map or of a list. */
export type Key = MapKey | bigint;

/** What keys lead to; a key that a map does not have leads to nil, and so does what is below. */
export function getIn(value: Value, keys: readonly Key[]): Value {
  let current = value;
  for (const key of keys) {
    const next = step(current, key);
    if (next === undefined) return null;
    current = next;
  }
  return current;
}

/** The same for the result of a converter, where a missing key fails. */
export function getInResult(value: Value, keys: readonly Key[]): Value {
  let current = value;
  for (const key of keys) {
    const next = step(current, key);
    if (next === undefined) throw new Failure("key not found in map");
    current = next;
  }
  return current;
}

function step(value: Value, key: Key): AnyValue | undefined {
  if (value instanceof MapValue) {
    if (typeof key === "bigint") throw new Failure("unable to resolve a string index in map: invalid key type");
    return value.get(key);
  }
  if (value instanceof ListValue) return value.items[placeIn(value, key)] as AnyValue;
  throw new Failure(`type ${kindOf(value)} does not support ${typeof key === "bigint" ? "int" : "string"} indexing`);
}

function placeIn(list: ListValue, key: Key): number {
  if (typeof key !== "bigint") throw new Failure("unable to resolve an integer index in slice: invalid key type");
  if (key < 0n || key >= BigInt(list.items.length)) throw new Failure(`index ${key} out of bounds`);
  return Number(key);
}

const maxMadePlaces = 10_000;

/** Puts a value where keys lead; makes maps and lists of what is empty on the way, but no more places of a list. */
export function setIn(target: AnyValue, keys: readonly Key[], value: AnyValue): void {
  const [key, ...rest] = keys as readonly [Key, ...Key[]];
  if (target instanceof ListValue) {
    const place = placeIn(target, key);
    target.items[place] = rest.length === 0 ? value : setBelow(target.items[place], rest, value);
    return;
  }
  if (!(target instanceof MapValue))
    throw new Failure(`type ${kindOf(target)} does not support ${typeof key === "bigint" ? "int" : "string"} indexing`);
  if (typeof key === "bigint") throw new Failure("unable to resolve a string index in map: invalid key type");
  target.set(key, rest.length === 0 ? value : setBelow(target.get(key), rest, value));
}

/** What is there, or what is made in its place: a map, or a list that is just long enough. */
function setBelow(below: AnyValue | undefined, keys: readonly Key[], value: AnyValue): AnyValue {
  const [key, ...rest] = keys as readonly [Key, ...Key[]];
  if (below !== null && below !== undefined) {
    setIn(below, keys, value);
    return below;
  }
  if (typeof key !== "bigint") {
    const made = new MapValue();
    setIn(made, keys, value);
    return made;
  }
  if (key >= maxMadePlaces) throw new Failure(`a list of ${key} empty values is not made`);
  const made = new ListValue(new Array<AnyValue>(Math.max(Number(key), 0)).fill(null));
  made.items.push(rest.length === 0 ? value : setBelow(null, rest, value));
  return made;
}
