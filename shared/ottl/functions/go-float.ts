import {
  binaryDigits,
  exponentDigits,
  fixedDigits,
  generalDigits,
  hexadecimalDigits,
  shortestDigits,
} from "../../go-float-digits.ts";
import { floatText } from "../text.ts";
import { type Spec, signed } from "./go-verbs.ts";

const maxPrecision = 1_000;
const defaultPrecision = 6;

/** A double by one of Go's verbs for them, halves rounded to even as there; undefined for other verbs. */
export function floatDigits(letter: string, value: number, { flags, precision }: Spec): string | undefined {
  if (!"vbgGxXfFeE".includes(letter)) return undefined;
  if (!Number.isFinite(value)) return floatText(value);
  const digits = digitsOf(
    letter,
    Math.abs(value),
    precision === undefined ? undefined : Math.min(precision, maxPrecision),
  );
  const isNegative = value < 0 || Object.is(value, -0);
  return signed(`${isNegative ? "-" : ""}${"GXE".includes(letter) ? digits.toUpperCase() : digits}`, flags);
}

function digitsOf(letter: string, size: number, precision: number | undefined): string {
  switch (letter) {
    case "b":
      return binaryDigits(size);
    case "x":
    case "X":
      return hexadecimalDigits(size, precision);
    case "f":
    case "F":
      return fixedDigits(size, precision ?? defaultPrecision);
    case "e":
    case "E":
      return exponentDigits(size, precision ?? defaultPrecision);
    default:
      return precision === undefined ? shortestDigits(size) : generalDigits(size, precision);
  }
}
