import { TemplateFailure, type TemplateValue } from "./nodes.ts";

/** What `if` and `and` make of a value: empty and absent ones are false. */
export function isTrue(value: TemplateValue): boolean {
  if (value instanceof Map) return value.size > 0;
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** How a value is printed. */
export function printed(value: TemplateValue): string {
  if (value === undefined) return "<no value>";
  if (value instanceof Map) {
    const pairs = [...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => `${name}:${each}`);
    return `map[${pairs.join(" ")}]`;
  }
  return Array.isArray(value) ? `[${value.map(printed).join(" ")}]` : String(value);
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
