const decimal = /^[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?$/;
const hexadecimal = /^([-+]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([-+]?[0-9]+)$/;

/** A float in Go's forms (strconv.ParseFloat): decimal, hexadecimal with an exponent, Inf and NaN. */
export function parseGoFloat(text: string): number | undefined {
  if (/^[-+]?(?:inf|infinity)$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  // Underlines are for Go's source alone.
  if (decimal.test(text) && !text.includes("_")) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const hex = hexadecimal.exec(text);
  if (!hex) return undefined;
  const [, sign, whole = "", fraction = "", exponent] = hex;
  if (whole + fraction === "" || whole.length + fraction.length > 200) return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const value = mantissa * 2 ** (Number(exponent) - fraction.length * 4);
  if (!Number.isFinite(value)) return undefined;
  return sign === "-" ? -value : value;
}
