/** Digits of a number without its sign: `digits` with the point after the first `point` of them. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const mantissaBits = 52;
const exponentBias = 1_075;

/** A number that is finite and not negative by Go's verb `f`: so many digits after the point, halves to even, as JavaScript's `toFixed` is not. */
export function fixedDigits(value: number, decimals: number): string {
  const exact = exactDecimal(value);
  const { digits, point } = rounded(exact, exact.point + decimals);
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const behind = "0".repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point));
  return decimals > 0 ? `${whole}.${behind.slice(0, decimals).padEnd(decimals, "0")}` : whole;
}

/** The same by the verb `e`: one digit before the point, so many after it, and an exponent of two digits or more. */
export function exponentDigits(value: number, decimals: number): string {
  return withExponent(rounded(exactDecimal(value), decimals + 1), decimals);
}

/** The same by the verb `g`: so many digits in all, an exponent below 1e-4 and where they do not reach the point. */
export function generalDigits(value: number, precision: number): string {
  const count = Math.max(precision, 1);
  const { digits, point } = rounded(exactDecimal(value), count);
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  if (point - 1 < -4 || point - 1 >= count) return withExponent({ digits: kept, point }, kept.length - 1);
  if (point <= 0) return `0.${"0".repeat(-point)}${kept}`;
  return kept.length <= point ? kept.padEnd(point, "0") : `${kept.slice(0, point)}.${kept.slice(point)}`;
}

/** The same with the fewest digits that give it back: an exponent below 1e-4 and from 1e6 on. */
export function shortestDigits(value: number): string {
  const scientific = value.toExponential();
  const power = Number(scientific.split("e")[1]);
  return power >= -4 && power < 6 ? String(value) : scientific.replace(/e([-+])(\d)$/, "e$10$2");
}

/** The same by the verb `b`: the whole mantissa and the power of two. */
export function binaryDigits(value: number): string {
  const { mantissa, power } = parts(value);
  return `${mantissa}p${power < 0 ? "-" : "+"}${Math.abs(power)}`;
}

/** The same by the verb `x`: hexadecimal, the shortest digits where `precision` is absent. */
export function hexadecimalDigits(value: number, precision: number | undefined): string {
  let { mantissa, power } = parts(value);
  if (mantissa === 0n) return `0x0${precision ? `.${"0".repeat(precision)}` : ""}p+00`;
  power += mantissaBits;
  for (; mantissa < 1n << BigInt(mantissaBits); power--) mantissa <<= 1n;
  if (precision !== undefined && precision < mantissaBits / 4) {
    const cut = BigInt(mantissaBits - 4 * precision);
    const rest = mantissa & ((1n << cut) - 1n);
    const half = 1n << (cut - 1n);
    mantissa >>= cut;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= cut;
    if (mantissa >> BigInt(mantissaBits + 1) > 0n) {
      mantissa >>= 1n;
      power++;
    }
  }
  const [first = "1", ...others] = mantissa.toString(16);
  const shortest = others.join("").replace(/0+$/, "");
  const behind = precision === undefined ? shortest : shortest.padEnd(precision, "0");
  const size = String(Math.abs(power)).padStart(2, "0");
  return `0x${first}${behind === "" ? "" : `.${behind}`}p${power < 0 ? "-" : "+"}${size}`;
}

function parts(value: number): { readonly mantissa: bigint; readonly power: number } {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  const exponent = Number((bits >> BigInt(mantissaBits)) & 0x7ffn);
  const fraction = bits & ((1n << BigInt(mantissaBits)) - 1n);
  if (exponent === 0) return { mantissa: fraction, power: 1 - exponentBias };
  return { mantissa: fraction | (1n << BigInt(mantissaBits)), power: exponent - exponentBias };
}

/** Every digit that the number has: at most 1,074 behind the point. */
function exactDecimal(value: number): Decimal {
  const { mantissa, power } = parts(value);
  if (mantissa === 0n) return { digits: "", point: 0 };
  const digits = String(power >= 0 ? mantissa << BigInt(power) : mantissa * 5n ** BigInt(-power));
  return { digits, point: digits.length + Math.min(0, power) };
}

function rounded({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: "", point };
  const rest = digits.slice(count);
  const isHalf = /^50*$/.test(rest);
  const isOdd = count > 0 && Number(digits[count - 1]) % 2 === 1;
  if (rest < "5" || (isHalf && !isOdd)) return { digits: digits.slice(0, count), point };
  const next = String(BigInt(digits.slice(0, count) || "0") + 1n);
  return next.length > count ? { digits: next, point: point + 1 } : { digits: next, point };
}

function withExponent({ digits, point }: Decimal, decimals: number): string {
  const power = digits === "" ? 0 : point - 1;
  const behind = digits.slice(1, decimals + 1).padEnd(decimals, "0");
  const size = String(Math.abs(power)).padStart(2, "0");
  return `${digits[0] ?? "0"}${decimals > 0 ? `.${behind}` : ""}e${power < 0 ? "-" : "+"}${size}`;
}
