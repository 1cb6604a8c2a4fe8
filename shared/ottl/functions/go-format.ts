import { ListValue, MapValue } from "../../edit/any-value.ts";
import type { Directive } from "../../go-directive.ts";
import { sprintf, type ValueWriter } from "../../go-sprintf.ts";
import { hexOf } from "../paths/field.ts";
import { jsonText, likeText } from "../text.ts";
import { DurationValue, IdValue, type Value } from "../value.ts";
import { durationText } from "./duration-text.ts";
import { floatDigits } from "./go-float.ts";
import { pad, quoted, quotedRune, runeOf, type Spec, withBase } from "./go-verbs.ts";

const valueWriter: ValueWriter<Value> = {
  // Wider fields are not padded further.
  maxWidth: 1000,
  write: (value, letter, directive) => write(letter, value, specOf(directive)),
  typeOf: (value) => (value === null ? undefined : goType(value)),
  wholeOf: (value) => (typeof value === "bigint" ? Number(value) : undefined),
};

/** Text as Go's fmt.Sprintf writes it, for the verbs that fit values of OTLP; its marks where one does not. */
export function goFormat(format: string, values: readonly Value[]): string {
  return sprintf(format, values, valueWriter);
}

function specOf({ minus, plus, space, sharp, sharpV, zero, width = 0, precision }: Directive): Spec {
  const flags = [minus && "-", plus && "+", space && " ", (sharp || sharpV) && "#", zero && "0"];
  return { flags: flags.filter(Boolean).join(""), width, precision };
}

function write(letter: string, value: Value, spec: Spec): string {
  if (letter === "T") return pad(value === null ? "<nil>" : goType(value).slice(0, spec.precision), spec);
  if (value === null) return letter === "v" ? pad("<nil>", spec) : `%!${letter}(<nil>)`;
  if (typeof value === "boolean") return "tv".includes(letter) ? pad(String(value), spec) : bad(letter, value, spec);
  if (typeof value === "string") return writeText(letter, value, spec) ?? bad(letter, value, spec);
  if (typeof value === "bigint") return writeInt(letter, value, spec) ?? bad(letter, value, spec);
  if (typeof value === "number") {
    const digits = floatDigits(letter, value, spec);
    if (digits === undefined) return bad(letter, value, spec);
    // What is not finite is filled up with blanks.
    return pad(digits, Number.isFinite(value) ? spec : { ...spec, flags: spec.flags.replaceAll("0", "") });
  }
  if (value instanceof Uint8Array) return writeBytes(letter, value, spec);
  if (value instanceof DurationValue && !"vsxXq".includes(letter))
    return writeInt(letter, value.ns, spec) ?? `%!${letter}(time.Duration=${writeInt("v", value.ns, spec)})`;
  if (value instanceof IdValue && !"vsxXq".includes(letter)) return writeBytes(letter, value.bytes, spec);
  // What writes itself.
  const text = namedText(value);
  return writeText(letter, text, spec) ?? `%!${letter}(${goType(value)}=${text})`;
}

function namedText(value: Value): string {
  if (value instanceof DurationValue) return durationText(value.ns);
  if (value instanceof IdValue) return hexOf(value.bytes);
  return value instanceof MapValue || value instanceof ListValue ? jsonText(value) : likeText(value);
}

function bad(letter: string, value: Value, spec: Spec): string {
  return `%!${letter}(${goType(value)}=${write("v", value, { ...spec, flags: spec.flags.replace("#", "") })})`;
}

function writeText(letter: string, text: string, spec: Spec): string | undefined {
  const cut = spec.precision === undefined ? text : [...text].slice(0, spec.precision).join("");
  switch (letter) {
    case "v":
      return pad(spec.flags.includes("#") ? quoted(cut) : cut, spec);
    case "s":
      return pad(cut, spec);
    case "q":
      return pad(quoted(cut), spec);
    case "x":
    case "X":
      return pad(hexadecimal(letter, Buffer.from(text).subarray(0, spec.precision), spec), spec);
    default:
      return undefined;
  }
}

function hexadecimal(letter: string, bytes: Uint8Array, { flags }: Spec): string {
  const prefix = flags.includes("#") ? "0x" : "";
  const parts = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const text = flags.includes(" ") ? parts.map((part) => prefix + part).join(" ") : parts.join("");
  const whole = flags.includes(" ") || text === "" ? text : prefix + text;
  return letter === "X" ? whole.toUpperCase() : whole;
}

function writeInt(letter: string, value: bigint, spec: Spec): string | undefined {
  switch (letter) {
    case "v":
      return withBase(value, 10, spec);
    case "d":
      return withBase(value, 10, spec);
    case "b":
      return withBase(value, 2, spec);
    case "o":
      return withBase(value, 8, spec);
    case "O":
      return withBase(value, 8, spec, "0o");
    case "x":
      return withBase(value, 16, spec);
    case "X":
      return withBase(value, 16, spec).toUpperCase();
    case "c":
      return pad(runeOf(value), spec);
    case "q":
      return pad(quotedRune(value), spec);
    case "U":
      return pad(`U+${BigInt.asUintN(64, value).toString(16).toUpperCase().padStart(4, "0")}`, spec);
    default:
      return undefined;
  }
}

/** Bytes are text for some verbs, and a list of numbers for the others. */
function writeBytes(letter: string, bytes: Uint8Array, spec: Spec): string {
  if (letter === "s") return pad(Buffer.from(bytes.subarray(0, spec.precision)).toString(), spec);
  if (letter === "x" || letter === "X") return pad(hexadecimal(letter, bytes.subarray(0, spec.precision), spec), spec);
  if (letter === "q") return pad(quoted(Buffer.from(bytes).toString("latin1"), bytes), spec);
  const one = (byte: number): string =>
    writeInt(letter, BigInt(byte), spec) ?? `%!${letter}(uint8=${writeInt("v", BigInt(byte), spec)})`;
  return `[${Array.from(bytes, one).join(" ")}]`;
}

function goType(value: Value): string {
  if (value === null) return "<nil>";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "number") return "float64";
  if (value instanceof DurationValue) return "time.Duration";
  if (value instanceof IdValue) return `${value.kind === "ProfileID" ? "pprofile" : "pcommon"}.${value.kind}`;
  if (value instanceof Uint8Array) return "[]uint8";
  if (value instanceof MapValue) return "pcommon.Map";
  if (value instanceof ListValue) return "pcommon.Slice";
  return typeof value === "boolean" ? "bool" : "pcommon.Value";
}
