import { type Directive, pad } from "../../go-directive.ts";
import { bytesOfText } from "../text.ts";
import { isArray, isObject, type Value } from "../value.ts";
import { formatFloat, formatWhole } from "./format-number.ts";
import { goType } from "./go-type.ts";
import { isQuotedRaw, quote } from "./quote.ts";

/** One value as Go's `fmt` prints it by a verb; `%!d(string=a)` where the verb does not fit. */
export function formatVerb(value: Value, verb: string, directive: Directive): string {
  if (verb === "T") return pad(value === null ? "<nil>" : cut(goType(value), directive), directive);
  if (value === null) return verb === "v" ? pad("<nil>", directive) : `%!${verb}(<nil>)`;
  return written(value, verb, directive) ?? `%!${verb}(${goType(value)}=${written(value, "v", directive) ?? ""})`;
}

function written(value: Exclude<Value, null>, verb: string, directive: Directive): string | undefined {
  if (typeof value === "boolean") return verb === "t" || verb === "v" ? pad(String(value), directive) : undefined;
  if (typeof value === "string") return textVerb(value, verb, directive);
  if (isArray(value)) return isWhole(verb) ? undefined : listVerb(value, verb, directive);
  if (isObject(value)) return isWhole(verb) ? undefined : mapVerb(value, verb, directive);
  if (value.kind === "float") return formatFloat(value.value, verb, directive);
  return value.kind === "int" || value.kind === "uint" ? formatWhole(value, verb, directive) : undefined;
}

/** Verbs that are not passed on to the elements. */
function isWhole(verb: string): boolean {
  return verb === "w" || verb === "p";
}

function listVerb(list: readonly Value[], verb: string, directive: Directive): string {
  const elements = list.map((each) => element(each, verb, directive));
  return directive.sharpV ? `[]interface {}{${elements.join(", ")}}` : `[${elements.join(" ")}]`;
}

function mapVerb(map: ReadonlyMap<string, Value>, verb: string, directive: Directive): string {
  const fields = [...map].map(([key, each]) => `${formatVerb(key, verb, directive)}:${element(each, verb, directive)}`);
  return directive.sharpV ? `map[string]interface {}{${fields.join(", ")}}` : `map[${fields.join(" ")}]`;
}

function element(value: Value, verb: string, directive: Directive): string {
  if (value !== null) return formatVerb(value, verb, directive);
  return directive.sharpV ? "interface {}(nil)" : "<nil>";
}

function textVerb(value: string, verb: string, directive: Directive): string | undefined {
  if (verb === "s" || (verb === "v" && !directive.sharpV)) return pad(cut(value, directive), directive);
  if (verb === "q" || verb === "v") return quotedVerb(cut(value, directive), directive);
  if (verb !== "x" && verb !== "X") return undefined;
  const bytes = [...bytesOfText(value)].slice(0, directive.precision).map((byte) => byte.toString(16).padStart(2, "0"));
  if (bytes.length === 0) return pad("", directive);
  const prefix = directive.sharp ? "0x" : "";
  const hex = directive.space ? bytes.map((byte) => prefix + byte).join(" ") : prefix + bytes.join("");
  return pad(verb === "X" ? hex.toUpperCase() : hex, directive);
}

function quotedVerb(text: string, directive: Directive): string {
  const isRaw = directive.sharp && isQuotedRaw(text);
  return pad(isRaw ? `\`${text}\`` : quote(text, { ascii: directive.plus }), directive);
}

function cut(text: string, { precision }: Directive): string {
  return precision === undefined ? text : [...text].slice(0, precision).join("");
}
