import { ListValue, MapValue } from "../../edit/any-value.ts";
import { floatText, jsonText, likeText } from "../text.ts";
import type { Value } from "../value.ts";

const verb = /%([-+# 0]*)(\d+)?(?:\.(\d*))?([a-zA-Z%])/g;
/** Wider fields are not padded further. */
const maxWidth = 1000;

/** Text as Go's fmt.Sprintf writes it, for the verbs that fit values of OTLP; its marks where one does not. */
export function goFormat(format: string, values: readonly Value[]): string {
  let used = 0;
  const text = format.replace(
    verb,
    (_all, flags: string, width: string | undefined, precision: string | undefined, letter: string) => {
      if (letter === "%") return "%";
      if (used >= values.length) return `%!${letter}(MISSING)`;
      const value = values[used++] as Value;
      const written = writeVerb(letter, value, {
        flags,
        precision: precision === undefined ? undefined : Number(precision || "0"),
      });
      return padded(written, flags, Math.min(Number(width ?? 0), maxWidth));
    },
  );
  const extra = values.slice(used).map((value) => `${goType(value)}=${plain(value)}`);
  return extra.length > 0 ? `${text}%!(EXTRA ${extra.join(", ")})` : text;
}

interface Options {
  readonly flags: string;
  readonly precision: number | undefined;
}

function writeVerb(letter: string, value: Value, options: Options): string {
  const written = verbs[letter]?.(value, options);
  if (written !== undefined) return written;
  return value === null ? `%!${letter}(<nil>)` : `%!${letter}(${goType(value)}=${plain(value)})`;
}

const isText = (value: Value): value is string => typeof value === "string";
const isInt = (value: Value): value is bigint => typeof value === "bigint";
const isFloat = (value: Value): value is number => typeof value === "number";

const verbs: Readonly<Record<string, (value: Value, options: Options) => string | undefined>> = {
  v: (value) => plain(value),
  s: (value, { precision }) =>
    isText(value) ? [...value].slice(0, precision ?? Number.POSITIVE_INFINITY).join("") : nested(value),
  q: (value) => (isText(value) ? JSON.stringify(value) : undefined),
  d: (value, { flags }) => (isInt(value) ? signed(value.toString(), flags) : undefined),
  x: (value) => (isInt(value) ? value.toString(16) : isText(value) ? hexText(value) : undefined),
  X: (value) =>
    isInt(value) ? value.toString(16).toUpperCase() : isText(value) ? hexText(value).toUpperCase() : undefined,
  o: (value) => (isInt(value) ? value.toString(8) : undefined),
  b: (value) => (isInt(value) ? value.toString(2) : undefined),
  t: (value) => (typeof value === "boolean" ? String(value) : undefined),
  f: (value, { flags, precision = 6 }) =>
    isFloat(value) ? signed(value.toFixed(Math.min(precision, 100)), flags) : undefined,
  e: (value, { precision = 6 }) =>
    isFloat(value) ? value.toExponential(Math.min(precision, 100)).replace(/e([-+])(\d)$/, "e$10$2") : undefined,
  g: (value) => (isFloat(value) ? floatText(value) : undefined),
};

function nested(value: Value): string | undefined {
  return value instanceof MapValue || value instanceof ListValue || value instanceof Uint8Array
    ? plain(value)
    : undefined;
}

function plain(value: Value): string {
  if (value === null) return "<nil>";
  if (isFloat(value)) return floatText(value);
  return value instanceof MapValue || value instanceof ListValue ? jsonText(value) : likeText(value);
}

function signed(digits: string, flags: string): string {
  if (digits.startsWith("-")) return digits;
  return flags.includes("+") ? `+${digits}` : flags.includes(" ") ? ` ${digits}` : digits;
}

function hexText(text: string): string {
  return Buffer.from(text).toString("hex");
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0")) return text.padStart(width);
  const [, sign = "", digits = ""] = /^([-+ ]?)(.*)$/s.exec(text) ?? [];
  return sign + digits.padStart(width - sign.length, "0");
}

function goType(value: Value): string {
  if (value === null) return "<nil>";
  if (isText(value)) return "string";
  if (isInt(value)) return "int64";
  if (isFloat(value)) return "float64";
  return typeof value === "boolean" ? "bool" : "pcommon.Value";
}
