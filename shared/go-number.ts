import { shortestDigits } from "./go-float-digits.ts";

/** A float64 as Go's `strconv.FormatFloat(x, 'f', -1, 64)`: shortest digits that give it back, never an exponent. */
export function formatPlain(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const [mantissa = "", exponent] = text.split("e");
  if (exponent === undefined) return text;
  const negative = mantissa.startsWith("-");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const plain =
    point <= 0
      ? `0.${"0".repeat(-point)}${digits}`
      : point >= digits.length
        ? digits.padEnd(point, "0")
        : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${plain}` : plain;
}

/** A float64 as Go's `strconv.FormatFloat(x, 'g', -1, 64)`, which `%v` prints: with an exponent below 1e-4 and from 1e6 on. */
export function formatGeneral(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatPlain(value);
  return value < 0 ? `-${shortestDigits(-value)}` : shortestDigits(value);
}

/** A float64 with an exponent of at least two digits: `1.5e-07`. */
export function formatExponent(value: number): string {
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Text as `strconv.ParseFloat` reads it, without hexadecimal and underscores; undefined where Go gives an error. */
export function parseFloat64(text: string): number | undefined {
  if (decimal.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const special = /^([+-]?)(?:(inf|infinity)|(nan))$/i.exec(text);
  if (!special) return undefined;
  if (special[3]) return special[1] ? undefined : Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
