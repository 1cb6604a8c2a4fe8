import { type Directive, pad } from "../../go-directive.ts";
import { formatFloat, formatWhole } from "../../go-format-number.ts";
import { cutText, formatText } from "../../go-format-text.ts";
import { bytesOfText } from "../text.ts";
import { isArray, isObject, type Value } from "../value.ts";
import { goType } from "./go-type.ts";

/** One value as Go's `fmt` prints it by a verb; `%!d(string=a)` where the verb does not fit. */
export function formatVerb(value: Value, verb: string, directive: Directive): string {
  if (verb === "T") return pad(value === null ? "<nil>" : cutText(goType(value), directive), directive);
  if (value === null) return verb === "v" ? pad("<nil>", directive) : `%!${verb}(<nil>)`;
  return written(value, verb, directive) ?? `%!${verb}(${goType(value)}=${written(value, "v", directive) ?? ""})`;
}

function written(value: Exclude<Value, null>, verb: string, directive: Directive): string | undefined {
  if (typeof value === "boolean") return verb === "t" || verb === "v" ? pad(String(value), directive) : undefined;
  if (typeof value === "string") return formatText(value, verb, { ...directive, bytesOf: bytesOfText });
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
