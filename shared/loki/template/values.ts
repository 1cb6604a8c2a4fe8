import { utc } from "../../time-zone.ts";
import { formatLayout } from "../format-layout.ts";
import { parseLayout } from "../go-layout.ts";
import { TemplateFailure, TemplateTime, type TemplateValue } from "./nodes.ts";

const maxChars = 16_777_216;

/** What `if` and `and` make of a value: empty and absent ones are false. */
export function isTrue(value: TemplateValue): boolean {
  if (value instanceof Map) return value.size > 0;
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

const maxNested = 50;
const maxPrinted = 100_000;
const timeLayout = parseLayout("2006-01-02 15:04:05.999999999 -0700 MST");

/** How a value is printed. Lists and dictionaries may hold each other: what is nested deeply, or too much, fails. */
export function printed(value: TemplateValue): string {
  return print(value, { depth: 0, left: maxPrinted });
}

function print(value: TemplateValue, limits: { depth: number; left: number }): string {
  if (value === undefined) return "<no value>";
  if (typeof value !== "object") return String(value);
  if (value instanceof TemplateTime) return formatLayout(timeLayout, value, utc);
  limits.depth += 1;
  limits.left -= value instanceof Map ? value.size : (value as readonly TemplateValue[]).length;
  if (limits.depth > maxNested || limits.left < 0) throw new TemplateFailure("too much to print");
  const text =
    value instanceof Map
      ? `map[${[...value]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, each]) => `${name}:${print(each, limits)}`)
          .join(" ")}]`
      : `[${(value as readonly TemplateValue[]).map((each) => print(each, limits)).join(" ")}]`;
  limits.depth -= 1;
  if (text.length > maxChars) throw new TemplateFailure("a value is too long");
  return text;
}

/** A dictionary, to be read and to be changed. */
export function dictionary(value: TemplateValue): Map<string, TemplateValue> {
  if (value instanceof Map) return value;
  throw new TemplateFailure(`wrong type for value; expected a dictionary; got ${typeof value}`);
}

/** A list; one value alone is a list of itself. */
export function listOf(value: TemplateValue): readonly TemplateValue[] {
  if (Array.isArray(value)) return value as readonly TemplateValue[];
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return [value];
  throw new TemplateFailure("wrong type for value; expected a list");
}

/** An argument that must be text. */
export function text(value: TemplateValue): string {
  if (typeof value === "string") return value;
  throw new TemplateFailure(`wrong type for value; expected string; got ${typeof value}`);
}

/** An argument that must be a whole number. */
export function integer(value: TemplateValue): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw new TemplateFailure(`wrong type for value; expected int; got ${typeof value}`);
}

/** An argument that sprig turns into text whatever it is. */
export function anyText(value: TemplateValue): string {
  return value === undefined ? "" : printed(value);
}

/** An argument that sprig turns into a whole number; 0 for text that is not one. */
export function anyInteger(value: TemplateValue): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  const number = typeof value === "string" && !/^[+-]?[0-9]+$/.test(value) ? 0 : Number(value);
  return Number.isFinite(number) ? Math.trunc(number) : 0;
}
