/** What stands between `%` and the letter. */
export interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

/** Fills up to the width: on the right with `-`, with zeros behind the sign with `0`, else on the left. */
export function pad(text: string, { flags, width }: Spec): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0")) return " ".repeat(missing) + text;
  const [, sign = "", digits = ""] = /^([-+ ]?(?=\d))(.*)$/s.exec(text) ?? [undefined, "", text];
  return sign + "0".repeat(missing) + digits;
}

/** The sign that the flags ask for in front of digits without one. */
export function signed(digits: string, flags: string): string {
  if (digits.startsWith("-") || digits.startsWith("+")) return digits;
  return flags.includes("+") ? `+${digits}` : flags.includes(" ") ? ` ${digits}` : digits;
}

const prefixes: Readonly<Record<number, string>> = { 2: "0b", 8: "0", 10: "", 16: "0x" };

/** An int in a base, with at least as many digits as the precision says. */
export function withBase(value: bigint, base: 2 | 8 | 10 | 16, spec: Spec, prefix?: string): string {
  const { flags, width, precision } = spec;
  if (precision === 0 && value === 0n) return " ".repeat(width);
  const sign = value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const before = prefix ?? (flags.includes("#") ? (prefixes[base] as string) : "");
  let digits = (value < 0n ? -value : value).toString(base);
  // With zeros the digits fill the width before the prefix is written.
  const least = precision ?? (flags.includes("0") && !flags.includes("-") ? width - (sign === "" ? 0 : 1) : 0);
  digits = digits.padStart(least, "0");
  if (base === 8 && before === "0" && digits.startsWith("0"))
    return pad(sign + digits, { ...spec, flags: flags.replaceAll("0", "") });
  return pad(sign + before + digits, { ...spec, flags: flags.replaceAll("0", "") });
}

/** The character of a code point. */
export function runeOf(value: bigint): string {
  const isRune = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return isRune ? String.fromCodePoint(Number(value)) : "\ufffd";
}

/** The character of a code point in single quotes. */
export function quotedRune(value: bigint): string {
  const rune = runeOf(value);
  return `'${rune === "'" ? "\\'" : rune === '"' ? rune : escaped(rune)}'`;
}

/** Text in double quotes; of bytes, those that are not UTF-8 as `\\xff`. */
export function quoted(text: string, bytes?: Uint8Array): string {
  if (!bytes) return `"${escaped(text)}"`;
  const decoded = Buffer.from(bytes).toString();
  return decoded.includes("\ufffd")
    ? `"${Array.from(text, (each) => (each >= "\x80" ? `\\x${hex(each, 2)}` : escaped(each))).join("")}"`
    : `"${escaped(decoded)}"`;
}

const short: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

function escaped(text: string): string {
  return Array.from(text, (each) => {
    const known = short[each];
    if (known !== undefined) return known;
    if (each < " " || each === "\x7f") return `\\x${hex(each, 2)}`;
    return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(each)
      ? each
      : `\\${each > "\uffff" ? "U" : "u"}${hex(each, each > "\uffff" ? 8 : 4)}`;
  }).join("");
}

function hex(character: string, digits: number): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, "0");
}
