import { floatText } from "../text.ts";
import { type Spec, signed } from "./go-verbs.ts";

const maxPrecision = 100;

/** A double by one of Go's verbs for them; undefined for others. */
export function floatDigits(letter: string, value: number, { flags, precision }: Spec): string | undefined {
  const digits = digitsOf(letter, value, precision);
  return digits === undefined ? undefined : signed(digits, letter === "v" ? flags.replace("+", "") : flags);
}

function digitsOf(letter: string, value: number, precision: number | undefined): string | undefined {
  if (!"vfFeEgG".includes(letter)) return undefined;
  if (!Number.isFinite(value)) return floatText(value);
  switch (letter) {
    case "f":
    case "F":
      return fixed(value, Math.min(precision ?? 6, maxPrecision));
    case "e":
    case "E": {
      const text = exponent(value.toExponential(Math.min(precision ?? 6, maxPrecision)));
      return letter === "E" ? text.toUpperCase() : text;
    }
    case "G":
      return general(value, precision).toUpperCase();
    default:
      return general(value, precision);
  }
}

/** JavaScript writes an exponent from 1e21 on. */
function fixed(value: number, precision: number): string {
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${precision > 0 ? `.${"0".repeat(precision)}` : ""}`;
  return (Object.is(value, -0) ? "-" : "") + value.toFixed(precision);
}

/** The shortest form: with an exponent below 1e-4, and from 1e21 or the precision on. */
function general(value: number, precision: number | undefined): string {
  if (value === 0) return floatText(value);
  const size = precision === undefined ? undefined : Math.min(Math.max(precision, 1), maxPrecision);
  const scientific = value.toExponential(size === undefined ? undefined : size - 1);
  const power = Number(scientific.split("e")[1]);
  if (power < -4 || power >= (size ?? 21)) return exponent(scientific.replace(/(?:\.|(\.\d*?[1-9]))0*e/, "$1e"));
  if (size === undefined) return String(value);
  const text = value.toPrecision(size);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Two digits at least. */
function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}
