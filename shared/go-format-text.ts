import { type Directive, pad } from "./go-directive.ts";
import { isQuotedRaw, quote } from "./go-quote.ts";

/** How text is printed; `bytesOf`: its bytes for the verbs that print those. */
export interface TextDirective extends Directive {
  bytesOf(text: string): Uint8Array;
}

/** Text by a verb of Go's `fmt`; undefined where the verb is not for it. */
export function formatText(text: string, verb: string, directive: TextDirective): string | undefined {
  if (verb === "s" || (verb === "v" && !directive.sharpV)) return pad(cutText(text, directive), directive);
  if (verb === "q" || verb === "v") return quotedText(cutText(text, directive), directive);
  return formatHexadecimal(directive.bytesOf(text), verb, directive);
}

/** Bytes in hexadecimal digits, for the verbs `x` and `X`. */
export function formatHexadecimal(bytes: Uint8Array, verb: string, directive: Directive): string | undefined {
  if (verb !== "x" && verb !== "X") return undefined;
  const digits = Array.from(bytes.subarray(0, directive.precision), (byte) => byte.toString(16).padStart(2, "0"));
  if (digits.length === 0) return pad("", directive);
  const prefix = directive.sharp ? "0x" : "";
  const hex = directive.space ? digits.map((byte) => prefix + byte).join(" ") : prefix + digits.join("");
  return pad(verb === "X" ? hex.toUpperCase() : hex, directive);
}

/** Text in quotes, between backticks where they are asked for and can be. */
export function quotedText(text: string, directive: Directive): string {
  const isRaw = directive.sharp && isQuotedRaw(text);
  return pad(isRaw ? `\`${text}\`` : quote(text, { ascii: directive.plus }), directive);
}

/** Text up to the precision that is asked for, in characters. */
export function cutText(text: string, { precision }: Directive): string {
  return precision === undefined ? text : [...text].slice(0, precision).join("");
}
