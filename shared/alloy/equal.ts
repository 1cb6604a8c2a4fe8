import type { Secret } from "../secret.ts";
import {
  type Capsule,
  isArray,
  isCapsule,
  isNumber,
  isObject,
  isOptionalSecret,
  type NumberValue,
  secretType,
  typeOf,
  type Value,
} from "./value.ts";

/** Whether two values are equal as `==` says: numbers by their value, arrays and objects by their parts, functions never. */
export function equal(left: Value, right: Value): boolean {
  if (typeOf(left) !== typeOf(right)) return false;
  if (isNumber(left) && isNumber(right)) return equalNumbers(left, right);
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((each, index) => equal(each, right[index] ?? null));
  }
  if (isObject(left) && isObject(right)) {
    return (
      left.size === right.size &&
      [...left].every(([key, each]) => right.has(key) && equal(each, right.get(key) ?? null))
    );
  }
  if (left !== null && isCapsule(left) && isCapsule(right)) return equalCapsules(left, right);
  return typeOf(left) !== "function" && left === right;
}

/** The kind that both numbers are taken as: a float wins over an int, an int over a uint. */
export function commonKind(left: NumberValue, right: NumberValue): NumberValue["kind"] {
  if (left.kind === "float" || right.kind === "float") return "float";
  return left.kind === "int" || right.kind === "int" ? "int" : "uint";
}

function equalNumbers(left: NumberValue, right: NumberValue): boolean {
  const kind = commonKind(left, right);
  if (kind === "float") return Number(left.value) === Number(right.value);
  return BigInt.asUintN(64, BigInt(left.value)) === BigInt.asUintN(64, BigInt(right.value));
}

function equalCapsules(left: Capsule, right: Capsule): boolean {
  if (left.type !== right.type) return false;
  if (left.type === secretType) return (left.content as Secret).reveal() === (right.content as Secret).reveal();
  if (isOptionalSecret(left) && isOptionalSecret(right)) {
    return left.content.secret === right.content.secret && left.content.text.reveal() === right.content.text.reveal();
  }
  return left.content === right.content;
}
