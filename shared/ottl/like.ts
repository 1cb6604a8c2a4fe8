import { utf8 } from "../edit/text.ts";
import { Failure } from "./failure.ts";
import { parseGoFloat } from "./go-number.ts";
import { likeText } from "./text.ts";
import { kindOf, type Value } from "./value.ts";

const maxInt = 2n ** 63n - 1n;

/** Text, or what can be told as text; null for nil. */
export function asLikeText(value: Value): string | null {
  return value === null ? null : likeText(value);
}

/** An int of an int, a float, a bool or decimal digits; null for nil and for other text. */
export function asInt(value: Value): bigint | null {
  if (value === null) return null;
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return doubleToInt(value);
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "string") return decimalInt(value) ?? null;
  throw new Failure(`unsupported type: ${kindOf(value)}`);
}

/** A double of a double, an int, a bool or Go's forms of one in text; null for nil. */
export function asDouble(value: Value): number | null {
  if (value === null) return null;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") throw new Failure(`unsupported type: ${kindOf(value)}`);
  const double = parseGoFloat(value);
  if (double === undefined) throw new Failure(`parsing ${JSON.stringify(value)}: invalid syntax`);
  return double;
}

/** Bytes as they are, text as UTF-8, numbers as eight bytes with the highest first, a bool as one; none for nil. */
export function asBytes(value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value === null) return new Uint8Array(0);
  if (typeof value === "string") return utf8(value);
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value === "bigint") view.setBigInt64(0, value);
  else if (typeof value === "number") view.setFloat64(0, value);
  else throw new Failure(`unsupported type: ${kindOf(value)}`);
  return new Uint8Array(view.buffer);
}

const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true])),
  ...Object.fromEntries(["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false])),
};

/** A bool of a bool, a number that is not 0, or Go's words for one; null for nil. */
export function asBool(value: Value): boolean | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value;
  if (typeof value === "bigint") return value !== 0n;
  if (typeof value === "number") return value !== 0;
  if (typeof value !== "string") throw new Failure(`unsupported type: ${kindOf(value)}`);
  const truth = Object.hasOwn(truths, value) ? truths[value] : undefined;
  if (truth === undefined) throw new Failure(`parsing ${JSON.stringify(value)}: invalid syntax`);
  return truth;
}

/** A double toward zero; one out of range is the smallest int, as on the Collector's platforms. */
export function doubleToInt(value: number): bigint {
  if (!(Math.abs(value) < 2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}

/** An int64 in decimal digits with an optional sign. */
export function decimalInt(text: string): bigint | undefined {
  if (!/^[-+]?[0-9]+$/.test(text) || text.length > 400) return undefined;
  const value = BigInt(text.replace("+", ""));
  return value > maxInt || value < -maxInt - 1n ? undefined : value;
}
