import { formatGeneral, formatPlain } from "../go-number.ts";
import { goText } from "../go-text.ts";
import { bytesOfText } from "../text.ts";
import { isArray, isObject, type Value } from "../value.ts";
import { goType } from "./go-type.ts";
import { describeRune, quote } from "./quote.ts";

/** One `%…` of a format. */
export interface Directive {
  readonly verb: string;
  readonly flags: ReadonlySet<string>;
  readonly width: number;
  readonly precision: number | undefined;
}

/** One value as Go's `fmt` prints it by a directive; `%!d(string=a)` where the verb does not fit. */
export function formatVerb(value: Value, directive: Directive): string {
  const { verb } = directive;
  if (verb === "T") return padded(goType(value), directive);
  if (value === null) return verb === "v" ? padded("<nil>", directive) : `%!${verb}(<nil>)`;
  if (isArray(value)) {
    if (verb === "v" && directive.flags.has("#")) return padded(goText(value), directive);
    return `[${value.map((each) => formatVerb(each, directive)).join(" ")}]`;
  }
  if (isObject(value)) {
    return `map[${[...value].map(([key, each]) => `${formatVerb(key, directive)}:${formatVerb(each, directive)}`).join(" ")}]`;
  }
  if (typeof value === "boolean") {
    return verb === "t" || verb === "v" ? padded(String(value), directive) : unfit(value, verb);
  }
  if (typeof value === "string") return textVerb(value, directive);
  if (value.kind === "float") return floatVerb(value.value, directive) ?? unfit(value, verb);
  if (value.kind === "int" || value.kind === "uint") return wholeVerb(value.value, directive) ?? unfit(value, verb);
  return unfit(value, verb);
}

function unfit(value: Value, verb: string): string {
  return `%!${verb}(${goType(value)}=${goText(value)})`;
}

function textVerb(value: string, directive: Directive): string {
  const { verb, precision, flags } = directive;
  const cut = precision === undefined ? value : [...value].slice(0, precision).join("");
  if (verb === "s" || verb === "v") return padded(verb === "v" && flags.has("#") ? quote(cut) : cut, directive);
  if (verb === "q") return padded(flags.has("#") && !cut.includes("`") ? `\`${cut}\`` : quote(cut), directive);
  if (verb === "x" || verb === "X") {
    const bytes = [...bytesOfText(value)].slice(0, precision).map((byte) => byte.toString(16).padStart(2, "0"));
    const separator = flags.has(" ") ? " " : "";
    const prefix = flags.has("#") ? "0x" : "";
    const hex = separator ? bytes.map((byte) => `${prefix}${byte}`).join(separator) : `${prefix}${bytes.join("")}`;
    return padded(verb === "X" ? hex.toUpperCase() : hex, directive);
  }
  return unfit(value, verb);
}

const bases: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const prefixes: Readonly<Record<string, string>> = { b: "0b", o: "0", O: "0o", x: "0x", X: "0X" };

function wholeVerb(value: bigint, directive: Directive): string | undefined {
  const { verb, flags, precision } = directive;
  const code = value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd;
  if (verb === "c") return padded(String.fromCodePoint(code), directive);
  if (verb === "q") return padded(describeRune(String.fromCodePoint(code)), directive);
  if (verb === "U") return padded(`U+${value.toString(16).toUpperCase().padStart(4, "0")}`, directive);
  const base = Object.hasOwn(bases, verb) ? bases[verb] : undefined;
  if (base === undefined) return undefined;
  const size = value < 0n ? -value : value;
  let digits = precision === 0 && value === 0n ? "" : size.toString(base).padStart(precision ?? 0, "0");
  if (verb === "X") digits = digits.toUpperCase();
  if (flags.has("#") || verb === "O") digits = `${prefixes[verb] ?? ""}${digits}`;
  return signed(digits, value < 0n, precision === undefined ? directive : withoutZeros(directive));
}

function floatVerb(value: number, directive: Directive): string | undefined {
  const { verb, precision } = directive;
  const size = Math.abs(value);
  if (!"vgGfFeE".includes(verb)) return undefined;
  const negative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) {
    const plain = withoutZeros(directive);
    if (Number.isNaN(value)) return signed("NaN", false, plain);
    return signed("Inf", negative, { ...plain, flags: new Set([...plain.flags, "+"]) });
  }
  let digits: string;
  if (verb === "f" || verb === "F") digits = fixed(size, precision ?? 6);
  else if (verb === "e" || verb === "E") digits = exponent(size.toExponential(Math.min(precision ?? 6, 100)));
  else digits = precision === undefined ? formatGeneral(size) : general(size, Math.max(precision, 1));
  return signed(verb === "E" || verb === "G" ? digits.toUpperCase() : digits, negative, directive);
}

function fixed(value: number, precision: number): string {
  return value < 1e21
    ? value.toFixed(Math.min(precision, 100))
    : `${formatPlain(value)}${precision > 0 ? `.${"0".repeat(precision)}` : ""}`;
}

function general(value: number, precision: number): string {
  if (value === 0) return "0";
  const [, power = "0"] = value.toExponential(Math.min(precision, 100) - 1).split("e");
  if (Number(power) < -4 || Number(power) >= precision) {
    const [mantissa = "", rest = ""] = exponent(value.toExponential(Math.min(precision, 100) - 1)).split("e");
    return `${mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa}e${rest}`;
  }
  const text = value.toFixed(Math.max(0, Math.min(100, precision - 1 - Number(power))));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

function withoutZeros(directive: Directive): Directive {
  return { ...directive, flags: new Set([...directive.flags].filter((flag) => flag !== "0")) };
}

/** Digits with their sign, zeros between the two where they are asked for. */
function signed(digits: string, negative: boolean, directive: Directive): string {
  const { flags, width } = directive;
  const sign = negative ? "-" : flags.has("+") ? "+" : flags.has(" ") ? " " : "";
  if (flags.has("0") && !flags.has("-")) return `${sign}${digits.padStart(width - sign.length, "0")}`;
  return padded(`${sign}${digits}`, directive);
}

function padded(text: string, { flags, width }: Directive): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  return flags.has("-") ? `${text}${" ".repeat(missing)}` : `${(flags.has("0") ? "0" : " ").repeat(missing)}${text}`;
}
