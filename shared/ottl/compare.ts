import { ListValue, MapValue } from "../edit/any-value.ts";
import type { Comparator } from "./ast.ts";
import { DurationValue, IdValue, TimeValue, type Value } from "./value.ts";

/** Whether a comparison holds. Values of different kinds are only unequal; an int and a float compare as floats. */
export function compareValues(comparator: Comparator, left: Value, right: Value): boolean {
  if (comparator === "==") return isEqual(left, right);
  if (comparator === "!=") return !isEqual(left, right);
  if (left === null && right === null) return comparator === "<=" || comparator === ">=";
  const order = orderOf(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

/** Whether two values are the same; in maps and lists an int is never a float. */
export function isEqual(left: Value, right: Value): boolean {
  if (left instanceof MapValue) return right instanceof MapValue && isEqualMap(left, right);
  if (left instanceof ListValue)
    return (
      right instanceof ListValue &&
      left.items.length === right.items.length &&
      left.items.every((each, index) => isSame(each, right.items[index] as Value))
    );
  if (left === null || right === null) return left === right;
  if (left instanceof IdValue)
    return right instanceof IdValue && left.kind === right.kind && orderOfBytes(left.bytes, right.bytes) === 0;
  return orderOf(left, right) === 0;
}

function isSame(left: Value, right: Value): boolean {
  return typeof left === typeof right && isEqual(left, right);
}

function isEqualMap(left: MapValue, right: MapValue): boolean {
  const others = new Map(right.pairs());
  const pairs = left.pairs();
  if (pairs.length !== others.size) return false;
  return pairs.every(([key, value]) => {
    const other = others.get(key);
    return other !== undefined && isSame(value, other);
  });
}

function orderOf(left: Value, right: Value): number | undefined {
  if (typeof left === "string") return typeof right === "string" ? orderOfText(left, right) : undefined;
  if (typeof left === "bigint") {
    if (typeof right === "bigint") return left < right ? -1 : left > right ? 1 : 0;
    return typeof right === "number" ? orderOfNumbers(Number(left), right) : undefined;
  }
  if (typeof left === "number")
    return typeof right === "number" || typeof right === "bigint" ? orderOfNumbers(left, Number(right)) : undefined;
  if (typeof left === "boolean") return typeof right === "boolean" ? Number(left) - Number(right) : undefined;
  if (left instanceof Uint8Array) return right instanceof Uint8Array ? orderOfBytes(left, right) : undefined;
  if (left instanceof TimeValue) return right instanceof TimeValue ? orderOfInts(left.ns, right.ns) : undefined;
  if (left instanceof DurationValue) return right instanceof DurationValue ? orderOfInts(left.ns, right.ns) : undefined;
  return undefined;
}

/** NaN is neither. */
function orderOfNumbers(left: number, right: number): number | undefined {
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : undefined;
}

function orderOfInts(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By code points, which is the order of their bytes in UTF-8. */
export function orderOfText(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (a === b) continue;
    // Surrogates stand for code points above all others.
    const [isHighA, isHighB] = [a >= 0xd800 && a <= 0xdfff, b >= 0xd800 && b <= 0xdfff];
    if (isHighA !== isHighB) return isHighA ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

function orderOfBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = (left[at] as number) - (right[at] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
