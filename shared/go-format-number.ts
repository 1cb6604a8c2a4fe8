import { type Directive, pad, padWithBlanks } from "./go-directive.ts";
import { binaryDigits, exponentDigits, fixedDigits, generalDigits, hexadecimalDigits } from "./go-float-digits.ts";
import { formatGeneral } from "./go-number.ts";
import { describeRune, isPrintable } from "./go-quote.ts";

/** A whole number of 64 bits, with a sign or without. */
interface Whole {
  readonly kind: "int" | "uint";
  readonly value: bigint;
}

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const largestRune = 0x10ffffn;
const defaultPrecision = 6;

/** A whole number by a verb of Go's `fmt`; undefined where the verb is not for them. */
export function formatWhole({ kind, value }: Whole, verb: string, directive: Directive): string | undefined {
  const unsigned = BigInt.asUintN(64, value);
  const rune = unsigned > largestRune || (unsigned >= 0xd800n && unsigned < 0xe000n) ? 0xfffdn : unsigned;
  const character = String.fromCodePoint(Number(rune));
  switch (verb) {
    case "c":
      return pad(character, directive);
    case "q":
      return pad(describeRune(character, { ascii: directive.plus }), directive);
    case "U": {
      const digits = unsigned.toString(16).toUpperCase();
      const shown = directive.sharp && unsigned === rune && isPrintable(character) ? ` '${character}'` : "";
      return padWithBlanks(`U+${digits.padStart(Math.max(directive.precision ?? 4, 4), "0")}${shown}`, directive);
    }
  }
  if (!Object.hasOwn(bases, verb)) return undefined;
  const isHex = verb === "v" && directive.sharpV && kind === "uint" && value >= 1n << 63n;
  return based(value, isHex ? "x" : verb, isHex ? { ...directive, sharp: true } : directive);
}

function based(value: bigint, verb: string, directive: Directive): string {
  const { precision, zero, minus, plus, space, sharp, width } = directive;
  if (precision === 0 && value === 0n) return padWithBlanks("", directive);
  const isNegative = value < 0n;
  const sign = isNegative ? "-" : plus ? "+" : space ? " " : "";
  const base = bases[verb] ?? 10;
  const zeros = precision ?? (zero && !minus && width !== undefined ? width - sign.length : 0);
  let digits = (isNegative ? -value : value).toString(base).padStart(zeros, "0");
  if (sharp && base === 2) digits = `0b${digits}`;
  if (sharp && base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
  if (sharp && base === 16) digits = `0x${digits}`;
  if (verb === "O") digits = `0o${digits}`;
  return padWithBlanks(sign + (verb === "X" ? digits.toUpperCase() : digits), directive);
}

/** A float by a verb of Go's `fmt`; undefined where the verb is not for them. */
export function formatFloat(value: number, verb: string, directive: Directive): string | undefined {
  if (!"vbgGxXfFeE".includes(verb)) return undefined;
  const { plus, space, zero, minus, width, sharp } = directive;
  if (!Number.isFinite(value)) return notFinite(value, directive);
  const size = Math.abs(value);
  const lower = verb === "v" ? "g" : verb.toLowerCase();
  let digits = digitsOf(size, lower, directive.precision);
  if (sharp && verb !== "b") digits = withPoint(digits, verb, directive.precision);
  if (verb !== lower && verb !== "v") digits = digits.toUpperCase();
  const sign = value < 0 || Object.is(value, -0) ? "-" : plus ? "+" : space ? " " : "";
  if (sign === "" || !zero || minus) return pad(sign + digits, directive);
  return sign + digits.padStart((width ?? 0) - sign.length, "0");
}

function notFinite(value: number, directive: Directive): string {
  const sign = value < 0 ? "-" : directive.plus ? "+" : directive.space ? " " : Number.isNaN(value) ? "" : "+";
  return padWithBlanks(`${sign}${Number.isNaN(value) ? "NaN" : "Inf"}`, directive);
}

function digitsOf(size: number, verb: string, precision: number | undefined): string {
  switch (verb) {
    case "b":
      return binaryDigits(size);
    case "x":
      return hexadecimalDigits(size, precision);
    case "f":
      return fixedDigits(size, precision ?? defaultPrecision);
    case "e":
      return exponentDigits(size, precision ?? defaultPrecision);
    default:
      return precision === undefined ? formatGeneral(size) : generalDigits(size, precision);
  }
}

/** The flag `#`: a point in any case, and the zeros behind it that `g` leaves out. */
function withPoint(text: string, verb: string, precision: number | undefined): string {
  const [number = "", tail = ""] = text.split(verb === "x" || verb === "X" ? /(?=[pP])/ : /(?=e)/);
  const point = number.includes(".") ? "" : ".";
  if (!"vgGx".includes(verb)) return number + point + tail;
  const significant = number === "0" ? 1 : number.replace(/^[0.]*|\./g, "").length;
  const wanted = precision ?? defaultPrecision;
  return number + point + "0".repeat(Math.max(0, wanted - significant)) + tail;
}
