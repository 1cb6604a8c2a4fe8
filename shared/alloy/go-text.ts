import { formatGeneral } from "../go-number.ts";
import { compareTexts } from "./text.ts";
import { isArray, isObject, type Value } from "./value.ts";

/** A value as Go's `%v` prints it: `5`, `true`, `[a b]`, `map[a:1 b:2]`, `<nil>`. */
export function goText(value: Value): string {
  if (value === null) return "<nil>";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (isObject(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${goText(value.get(key) ?? null)}`)
      .join(" ")}]`;
  if (value.kind === "float") return formatGeneral(value.value);
  if (value.kind === "int" || value.kind === "uint") return String(value.value);
  return value.kind === "function" ? "function" : "(secret)";
}

/** The keys of an object in the order that Go sorts them. */
export function sortedKeys(value: ReadonlyMap<string, unknown>): readonly string[] {
  return [...value.keys()].sort(compareTexts);
}
