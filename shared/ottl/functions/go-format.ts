import { ListValue, MapValue } from "../../edit/any-value.ts";
import { textOf, utf8 } from "../../edit/text.ts";
import { type Directive, pad } from "../../go-directive.ts";
import { formatFloat, formatWhole } from "../../go-format-number.ts";
import { cutText, formatHexadecimal, formatText, quotedText } from "../../go-format-text.ts";
import { quotableText } from "../../go-quote.ts";
import { sprintf, type ValueWriter } from "../../go-sprintf.ts";
import { hexOf } from "../paths/field.ts";
import { jsonText, likeText } from "../text.ts";
import { DurationValue, IdValue, type Value } from "../value.ts";
import { durationText } from "./duration-text.ts";

const writer: ValueWriter<Value> = {
  // Wider fields are not padded further.
  maxWidth: 1000,
  write: print,
  typeOf: (value) => (value === null ? undefined : goType(value)),
  wholeOf: (value) => (typeof value === "bigint" ? Number(value) : undefined),
};

/** Text as Go's fmt.Sprintf writes it, for the verbs that fit values of OTLP; its marks where one does not. */
export function goFormat(format: string, values: readonly Value[]): string {
  return sprintf(format, values, writer);
}

function print(value: Value, verb: string, directive: Directive): string {
  if (verb === "T") return pad(value === null ? "<nil>" : cutText(goType(value), directive), directive);
  if (value === null) return verb === "v" ? pad("<nil>", directive) : `%!${verb}(<nil>)`;
  return written(value, verb, directive) ?? `%!${verb}(${goType(value)}=${written(value, "v", directive) ?? ""})`;
}

/** Verbs by which values that have a text of their own print it. */
const textVerbs = "vsxXq";

function written(value: Exclude<Value, null>, verb: string, directive: Directive): string | undefined {
  if (typeof value === "boolean") return verb === "t" || verb === "v" ? pad(String(value), directive) : undefined;
  if (typeof value === "string") return formatText(value, verb, { ...directive, bytesOf: utf8 });
  if (typeof value === "bigint") return formatWhole({ kind: "int", value }, verb, directive);
  if (typeof value === "number") return formatFloat(value, verb, directive);
  if (value instanceof Uint8Array) return bytesText(value, verb, directive);
  const isText = textVerbs.includes(verb) && !directive.sharpV;
  if (value instanceof DurationValue && !isText) return formatWhole({ kind: "int", value: value.ns }, verb, directive);
  if (value instanceof IdValue && !isText) return bytesText(value.bytes, verb, { ...directive, sharpV: false });
  return formatText(ownText(value), verb, { ...directive, sharpV: false, bytesOf: utf8 });
}

function ownText(value: Value): string {
  if (value instanceof DurationValue) return durationText(value.ns);
  if (value instanceof IdValue) return hexOf(value.bytes);
  return value instanceof MapValue || value instanceof ListValue ? jsonText(value) : likeText(value);
}

/** Bytes are text for some verbs, and a list of numbers for the others. */
function bytesText(bytes: Uint8Array, verb: string, directive: Directive): string | undefined {
  if (verb === "s") return pad(cutText(textOf(bytes, 0, bytes.length), directive), directive);
  if (verb === "q") return quotedText(cutText(quotableText(bytes), directive), directive);
  const hexadecimal = formatHexadecimal(bytes, verb, directive);
  if (hexadecimal !== undefined) return hexadecimal;
  if (verb === "v" && directive.sharpV) {
    if (bytes.length === 0) return "[]byte(nil)";
    const each = { ...directive, sharp: true, sharpV: false };
    return `[]byte{${Array.from(bytes, (byte) => formatWhole({ kind: "uint", value: BigInt(byte) }, "x", each)).join(", ")}}`;
  }
  const numbers = Array.from(bytes, (byte) => {
    const value = { kind: "uint", value: BigInt(byte) } as const;
    return formatWhole(value, verb, directive) ?? `%!${verb}(uint8=${formatWhole(value, "d", directive)})`;
  });
  return `[${numbers.join(" ")}]`;
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
