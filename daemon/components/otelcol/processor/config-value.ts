import { isArray, isNumber, isObject, type Value } from "../../../../shared/alloy/value.ts";
import { type AnyValue, ListValue, mapOf } from "../../../../shared/edit/any-value.ts";

/** A value of the file as a value of OTLP: whole numbers are ints, null is empty. Throws for functions and capsules. */
export function anyValueOf(value: Value): AnyValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (isNumber(value)) return value.kind === "float" ? value.value : BigInt.asIntN(64, value.value);
  if (isArray(value)) return new ListValue(value.map(anyValueOf));
  if (isObject(value)) return mapOf([...value].map(([key, each]) => [key, anyValueOf(each)] as const));
  throw new Error("the value of an attribute must be a string, number, bool, list or object");
}
