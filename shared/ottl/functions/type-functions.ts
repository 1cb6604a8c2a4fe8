import { ListValue, MapValue } from "../../edit/any-value.ts";
import { utf8, utf8Length } from "../../edit/text.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { hexOf } from "../paths/field.ts";
import { likeText } from "../text.ts";
import { DurationValue, IdValue, kindOf, type Value } from "../value.ts";

/** Converters between kinds of values, and questions about them. */
export const typeConverters: readonly Converter[] = [
  {
    name: "Int",
    parameters: ["target"],
    build: (args) => args.intLike("target"),
  },
  {
    name: "Double",
    parameters: ["target"],
    build: (args) => args.doubleLike("target"),
  },
  {
    name: "Log",
    parameters: ["target"],
    build: (args) => {
      const target = args.doubleLike("target");
      return (frame) => {
        const value = target(frame);
        if (value === null || value <= 0)
          throw new Failure(`invalid input: expected number greater than zero but got ${value}`);
        return Math.log(value);
      };
    },
  },
  {
    name: "Bool",
    parameters: ["target"],
    build: (args) => args.boolLike("target"),
  },
  {
    name: "String",
    parameters: ["target"],
    build: (args) => args.like("target"),
  },
  question("IsString", "string", (value) => typeof value === "string"),
  question("IsInt", "int64", (value) => typeof value === "bigint"),
  question("IsDouble", "float64", (value) => typeof value === "number"),
  question("IsBool", "bool", (value) => typeof value === "boolean"),
  question("IsMap", "map", (value) => value instanceof MapValue),
  ofAny("IsList", (value) => value instanceof ListValue),
  ofAny("IsEmpty", isEmpty),
  ofAny("Len", lengthOf),
  {
    name: "Hex",
    parameters: ["target"],
    build: (args) => args.converted("target", hexText),
  },
  {
    name: "ParseInt",
    parameters: ["target", "base"],
    build: (args) => {
      const target = args.string("target");
      const base = args.int("base");
      return (frame) => parseInt64(target(frame), base(frame));
    },
  },
];

function question(name: string, kind: string, ask: (value: Value) => boolean): Converter {
  return { name, parameters: ["target"], build: (args) => args.kind("target", kind, ask) };
}

function ofAny(name: string, convert: (value: Value) => Value): Converter {
  return {
    name,
    parameters: ["target"],
    build: (args) => {
      const target = args.any("target");
      return (frame) => convert(target(frame));
    },
  };
}

function isEmpty(value: Value): boolean {
  if (value instanceof MapValue) return value.size === 0;
  if (value instanceof ListValue) return value.items.length === 0;
  if (value instanceof IdValue) return value.bytes.every((byte) => byte === 0);
  if (value instanceof DurationValue) return value.ns === 0n;
  return (
    value === null ||
    value === "" ||
    value === 0 ||
    value === 0n ||
    value === false ||
    (value instanceof Uint8Array && value.length === 0)
  );
}

function lengthOf(value: Value): bigint {
  if (typeof value === "string") return BigInt(utf8Length(value));
  if (value instanceof MapValue) return BigInt(value.size);
  if (value instanceof ListValue) return BigInt(value.items.length);
  if (value instanceof Uint8Array) return BigInt(value.length);
  throw new Failure(`Len: unsupported target type ${kindOf(value)}`);
}

function hexText(value: Value): string {
  if (value === null) return "";
  if (typeof value === "string") return hexOf(utf8(value));
  if (value instanceof Uint8Array) return likeText(value);
  if (typeof value === "boolean") return value ? "01" : "00";
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value === "bigint") view.setBigInt64(0, value);
  else if (typeof value === "number") view.setFloat64(0, value);
  else throw new Failure(`unsupported type: ${kindOf(value)}`);
  return hexOf(new Uint8Array(view.buffer));
}

const prefixes: Readonly<Record<string, number>> = { "0x": 16, "0X": 16, "0b": 2, "0B": 2, "0o": 8, "0O": 8 };

/** As Go's strconv.ParseInt; base 0 reads the prefix, and underlines between digits. */
function parseInt64(text: string, base: bigint): bigint {
  const fail = (why: string): Failure => new Failure(`parsing ${JSON.stringify(text)}: ${why}`);
  if (text === "") throw new Failure("invalid target value for ParseInt function, target cannot be empty");
  if (base < 0n) throw new Failure(`invalid base value: ${base} for ParseInt function, base cannot be negative`);
  if (base === 1n || base > 36n) throw fail(`invalid base ${base}`);
  const isNegative = text.startsWith("-");
  let digits = text.replace(/^[-+]/, "");
  let radix = Number(base);
  if (base === 0n) {
    const prefix = prefixes[digits.slice(0, 2)];
    radix = prefix ?? (/^0[0-9_]/.test(digits) ? 8 : 10);
    if (prefix) digits = digits.slice(2);
    if (/^_?[0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*$/.test(digits)) digits = digits.replace(/_/g, "");
  }
  if (digits === "") throw fail("invalid syntax");
  let value = 0n;
  for (const digit of digits) {
    const number = Number.parseInt(digit, 36);
    if (Number.isNaN(number) || number >= radix) throw fail("invalid syntax");
    value = value * BigInt(radix) + BigInt(number);
    if (value > 2n ** 63n) throw fail("value out of range");
  }
  if (isNegative) return -value;
  if (value === 2n ** 63n) throw fail("value out of range");
  return value;
}
