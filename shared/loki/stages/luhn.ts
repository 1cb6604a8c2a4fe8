import { attribute, table } from "../../alloy/arguments.ts";
import { optional } from "../../alloy/composite-types.ts";
import { int } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { checkSource } from "./compile.ts";
import { changing, extractedValue, stageKind } from "./stage.ts";

const defaultMinLength = 13;
const maxDigits = 19;
const maxInt64 = 9_223_372_036_854_775_807n;

const args = table({
  replacement: attribute(string),
  source: attribute(optional(string), { help: "Value that is searched; the result becomes the line." }),
  min_length: attribute(int),
  delimiters: attribute(string, { help: "Characters that may stand between the digits." }),
});

/** `stage.luhn`: replaces numbers that have a right check digit, as card numbers have. */
export const luhn = stageKind(args, (given) => {
  checkSource(given.source);
  const replacement = given.replacement || "**REDACTED**";
  const minLength = given.min_length < 1 ? defaultMinLength : given.min_length;
  const between = given.delimiters.replace(/[\\\]^-]/g, "\\$&");
  const numbers = between === "" ? /[0-9]+/g : new RegExp(`[0-9][0-9${between}]*`, "gu");
  const notDigits = /[^0-9]/g;
  const trailing = /[^0-9]$/;
  const redact = (text: string) => {
    const digits = text.replace(notDigits, "");
    if (digits.length < minLength || !isLuhn(digits)) return text;
    return replacement + (trailing.exec(text)?.[0] ?? "");
  };
  return changing((entry) => {
    const input = given.source === undefined ? entry.line : extractedValue(entry, given.source);
    if (typeof input === "string") entry.line = input.replace(numbers, redact);
  });
});

/** Longer numbers than 64 bits hold are left alone. */
function isLuhn(digits: string): boolean {
  const significant = digits.replace(/^0+/, "");
  if (significant.length > maxDigits || BigInt(significant) > maxInt64) return false;
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at -= 1, double = !double) {
    const digit = digits.charCodeAt(at) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}
