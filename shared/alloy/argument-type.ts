import { Mismatch } from "./mismatch.ts";
import { typeOf, type Value } from "./value.ts";

/**
 * How a value of the language becomes an argument of type `T`, and an export becomes a value again. `Absent` is what an
 * argument without a default is when it is not written.
 */
export interface ArgumentType<T, Absent = T> {
  /** As documentation and error messages name it: `string`, `list(target)`, `duration`. */
  readonly name: string;
  readonly absent: Absent;
  /** What null gives inside a list or map; a type without it refuses null there. */
  readonly zero?: T;
  /** Throws a `Mismatch` for a value that does not fit. */
  decode(value: Value): T;
  encode(value: T): Value;
}

/** Refuses `value` where `wanted` was expected, in Alloy's words. */
export function shouldBe(wanted: string, value: Value): Mismatch {
  return new Mismatch(`should be ${wanted}, got ${typeOf(value)}`);
}

/** Decodes a part of a list, map or struct, where null means the zero value of its type. */
export function decodePart<T>(type: ArgumentType<T, unknown>, value: Value): T {
  if (value !== null) return type.decode(value);
  if (type.zero === undefined) throw shouldBe(type.name, value);
  return type.zero;
}
