/** Powers of ten that a double holds exactly: with a mantissa below 2^53 one multiplication or division rounds right. */
const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const maxExact = 2 ** 53;
const decimalPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const partedPattern = /^[+-]?(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?$/;
const hexadecimalPattern =
  /^([+-]?)0[xX](_?[\da-fA-F](?:_?[\da-fA-F]){0,99})?(?:\.((?:[\da-fA-F](?:_?[\da-fA-F]){0,99})?))?[pP]([+-]?\d{1,9})$/;
const specialPattern = /^([+-]?)(?:(inf|infinity)|nan)$/i;

/** Reads numbers as Go's `strconv.ParseFloat` does, without hexadecimal and underscores. `value` holds the last one. */
export class GoFloatReader {
  value = 0;

  /** Reads the whole of `start` to `end`; false where Go reports an error (syntax, or out of range). */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    const first = bytes[at];
    const negative = first === 0x2d;
    if (negative || first === 0x2b) {
      at++;
    }
    let mantissa = 0;
    let digits = 0;
    let scale = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) {
        break;
      }
      mantissa = mantissa * 10 + digit;
      digits++;
    }
    if (at < end && bytes[at] === 0x2e) {
      const point = ++at;
      for (; at < end; at++) {
        const digit = (bytes[at] as number) - 0x30;
        if (digit < 0 || digit > 9) {
          break;
        }
        mantissa = mantissa * 10 + digit;
        digits++;
      }
      scale = at - point;
    }
    let exponent = 0;
    if (at < end && digits > 0 && ((bytes[at] as number) | 0x20) === 0x65 && end - at <= 5) {
      const sign = bytes[at + 1];
      const from = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
      let size = 0;
      for (at = from; at < end; at++) {
        const digit = (bytes[at] as number) - 0x30;
        if (digit < 0 || digit > 9) {
          break;
        }
        size = size * 10 + digit;
      }
      if (at === from) {
        return false;
      }
      exponent = sign === 0x2d ? -size : size;
    }
    exponent -= scale;
    if (at !== end || digits === 0 || mantissa >= maxExact || exponent > 22 || exponent < -22) {
      return this.readSlowly(bytes, start, end);
    }
    const value = exponent < 0 ? mantissa / (powers[-exponent] as number) : mantissa * (powers[exponent] as number);
    this.value = negative ? -value : value;
    return true;
  }

  private readSlowly(bytes: Uint8Array, start: number, end: number): boolean {
    let text = "";
    for (let at = start; at < end; at++) {
      text += String.fromCharCode(bytes[at] as number);
    }
    const value = parseGoFloat(text);
    if (value === undefined) {
      return false;
    }
    this.value = value;
    return true;
  }
}

/** A number in Go's syntax, or undefined where Go reports an error. */
export function parseGoFloat(text: string): number | undefined {
  const special = specialPattern.exec(text);
  if (special) {
    if (special[2] === undefined) {
      return special[1] === "" ? Number.NaN : undefined;
    }
    return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!decimalPattern.test(text)) {
    return undefined;
  }
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** A number as Go's `strconv.ParseFloat` takes it, with hexadecimal and underscores between digits: what bounds of histograms may be. */
export function parseGoLiteral(text: string): number | undefined {
  const hex = hexadecimalPattern.exec(text);
  if (!hex) {
    const isParted = partedPattern.test(text);
    return parseGoFloat(isParted ? text.replaceAll("_", "") : text);
  }
  const [, sign, whole = "", fraction = "", power] = hex.map((part) => part?.replaceAll("_", ""));
  if (whole + fraction === "") {
    return undefined;
  }
  const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length);
  return Number.isFinite(value) ? (sign === "-" ? -value : value) : undefined;
}

/** A number as Go's `strconv.FormatFloat(value, 'g', -1, 64)` prints it: `1e+06`, `0.0001`, `+Inf`. */
export function formatGoFloat(value: number): string {
  if (Number.isNaN(value)) {
    return "NaN";
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  const sign = Object.is(value, -0) ? "-" : "";
  const [mantissa = "0", exponentText = "+0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) {
    return sign + String(value);
  }
  const size = Math.abs(exponent);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${size < 10 ? "0" : ""}${size}`;
}

/** A number as OpenMetrics wants bounds and quantiles: always with a point or an exponent (`1.0`, `1e+21`). */
export function formatOpenMetricsFloat(value: number): string {
  const text = formatGoFloat(value);
  return /[.eIN]/.test(text) ? text : `${text}.0`;
}

/** A number as Go's `strconv.FormatFloat(value, 'f', -1, 64)` prints it: never an exponent. */
export function formatDecimalFloat(value: number): string {
  if (!Number.isFinite(value)) {
    return formatGoFloat(value);
  }
  const [mantissa = "0", exponentText = "+0"] = Math.abs(value).toExponential().split("e");
  const exponent = Number(exponentText);
  const digits = mantissa.replace(".", "");
  const point = exponent + 1;
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (point <= 0) {
    return `${sign}0.${"0".repeat(-point)}${digits}`.replace(/\.0$/, "");
  }
  const whole = digits.slice(0, point).padEnd(point, "0");
  return `${sign}${whole}${digits.length > point ? `.${digits.slice(point)}` : ""}`;
}
