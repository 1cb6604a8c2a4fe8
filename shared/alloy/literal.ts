import { parseFloat64 } from "../go-number.ts";
import type { LiteralExpression } from "./ast.ts";
import { Mismatch } from "./mismatch.ts";
import { bytesOfText, textOfBytes } from "./text.ts";
import { float, int, uint, type Value } from "./value.ts";

const maxInt = (1n << 63n) - 1n;
const maxUint = (1n << 64n) - 1n;

/** The value of a literal that the lexer has accepted. Throws a `Mismatch` for a float that is too large. */
export function literalValue({ token, text }: LiteralExpression): Value {
  switch (token) {
    case "NULL":
      return null;
    case "BOOL":
      return text === "true";
    case "NUMBER":
      return wholeNumber(text);
    case "FLOAT":
      return float(floatOf(text));
    case "STRING":
      return text.startsWith("`") ? text.slice(1, -1).replaceAll("\r", "") : unquote(text);
  }
}

function wholeNumber(text: string): Value {
  const octal = text.length > 1 && text.startsWith("0");
  if (octal && /[89]/.test(text)) return float(floatOf(text));
  // No whole number of so many digits fits into 64 bits, and large ones take long to read.
  if (text.length > 30) return float(floatOf(text));
  const value = octal ? BigInt(`0o${text.slice(1)}`) : BigInt(text);
  if (value <= maxInt) return int(value);
  return value <= maxUint ? uint(value) : float(floatOf(text));
}

function floatOf(text: string): number {
  const value = parseFloat64(text);
  if (value === undefined) throw new Mismatch("is too large for a number");
  return value;
}

const simple: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
const escapes = /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;

/** The text of a double-quoted string. `\x` and octal escapes are bytes: two of them can make one letter. */
function unquote(text: string): string {
  const inner = text.slice(1, -1);
  if (!inner.includes("\\")) return inner;
  let bytes = false;
  const replaced = inner.replace(escapes, (_whole, octal, hex, short, long, letter) => {
    if (octal !== undefined || hex !== undefined) {
      const byte = octal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(octal, 8);
      if (byte < 0x80) return String.fromCharCode(byte);
      bytes = true;
      return String.fromCharCode(0xdc00 + byte);
    }
    const code = short ?? long;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return Object.hasOwn(simple, letter) ? (simple[letter] ?? "") : letter;
  });
  return bytes ? textOfBytes(bytesOfText(replaced)) : replaced;
}
