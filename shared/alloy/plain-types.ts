import { parseFloat64 } from "../go-number.ts";
import { type ArgumentType, shouldBe } from "./argument-type.ts";
import { Mismatch } from "./mismatch.ts";
import { bytesValueText } from "./text.ts";
import { float, int as intValue, isNumber, type NumberValue, uint as uintValue, type Value } from "./value.ts";

/** `true` or `false`. */
export const bool: ArgumentType<boolean> = {
  name: "bool",
  absent: false,
  zero: false,
  decode(value) {
    if (typeof value !== "boolean") throw shouldBe("bool", value);
    return value;
  },
  encode: (value) => value,
};

/** A whole number; a float is truncated, a string is parsed. Outside ±2^53 it is the nearest double. */
export const int: ArgumentType<number> = whole("int", -(1n << 63n), (1n << 63n) - 1n);
/** A whole number that is not negative. */
export const uint: ArgumentType<number> = whole("uint", 0n, (1n << 64n) - 1n);

/** A number with a fraction. */
export const number: ArgumentType<number> = {
  name: "number",
  absent: 0,
  zero: 0,
  decode: (value) => Number(numberOf(value).value),
  encode: float,
};

/** Any value, as it is. */
export const any: ArgumentType<Value> = {
  name: "any",
  absent: null,
  zero: null,
  decode: (value) => value,
  encode: (value) => value,
};

/** The whole numbers from `min` to `max`: where Go would wrap silently, the number is refused (docs/pipelines.md). */
export function whole(name: string, min: bigint, max: bigint): ArgumentType<number> {
  return {
    name,
    absent: 0,
    zero: 0,
    decode(value) {
      const given = numberOf(value);
      if (given.kind === "float" && !Number.isFinite(given.value)) throw new Mismatch(`is not a whole number`);
      const truncated = given.kind === "float" ? BigInt(Math.trunc(given.value)) : given.value;
      if (truncated < min || truncated > max) throw new Mismatch(`must be between ${min} and ${max}, got ${truncated}`);
      return Number(truncated);
    },
    encode: (value) => (Number.isSafeInteger(value) ? intValue(value) : float(value)),
  };
}

/** A number, or a string that is one: with a leading `-` an int, with `.`, `e` or `E` a float, otherwise a uint. */
export function numberOf(value: Value): NumberValue {
  if (isNumber(value)) return value;
  const text = typeof value === "string" ? value : bytesValueText(value);
  const parsed = text === undefined ? undefined : parseNumber(text);
  if (!parsed) throw shouldBe("number", value);
  return parsed;
}

function parseNumber(text: string): NumberValue | undefined {
  if (!text.startsWith("-") && /[.eE]/.test(text)) {
    const parsed = parseFloat64(text);
    return parsed === undefined ? undefined : float(parsed);
  }
  if (!/^-?\d+$/.test(text) || text.length > 40) return undefined;
  const parsed = BigInt(text);
  if (text.startsWith("-")) return parsed < -(1n << 63n) ? undefined : intValue(parsed);
  return parsed >= 1n << 64n ? undefined : uintValue(parsed);
}
