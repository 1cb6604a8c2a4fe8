import { TemplateFailure, type TemplateFunction, type TemplateValue } from "./nodes.ts";
import { sprintf } from "./sprintf.ts";
import { integer, isTrue, printed, text } from "./values.ts";

/** The functions that every template of Go has, without those that escape for HTML, JavaScript and URLs. */
export const builtins: Readonly<Record<string, TemplateFunction>> = {
  and: (...args) => args.find((each) => !isTrue(each)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (value) => !isTrue(value),
  eq: (first, ...others) => {
    if (others.length === 0) throw new TemplateFailure("missing argument for comparison");
    return others.some((other) => isEqual(first, other));
  },
  ne: (a, b) => !isEqual(a, b),
  lt: (a, b) => order(a, b) < 0,
  le: (a, b) => order(a, b) <= 0,
  gt: (a, b) => order(a, b) > 0,
  ge: (a, b) => order(a, b) >= 0,
  len: lengthOf,
  index: (value, key) => {
    if (value instanceof Map) return value.get(text(key)) ?? "";
    const found = Array.isArray(value) && typeof key === "number" ? value[key] : undefined;
    if (found === undefined) throw new TemplateFailure("index out of range");
    return found;
  },
  slice: (value, from = 0, to = undefined) => {
    const all = Buffer.from(text(value));
    const [start, end] = [integer(from), to === undefined ? all.length : integer(to)];
    if (start < 0 || end < start || end > all.length) throw new TemplateFailure("slice: index out of range");
    return all.toString("utf8", start, end);
  },
  print: (...args) => args.map(printed).join(""),
  println: (...args) => `${args.map(printed).join(" ")}\n`,
  printf: (format, ...args) => sprintf(text(format), args),
};

function isEqual(a: TemplateValue, b: TemplateValue): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (typeof a !== typeof b || typeof a === "object") throw new TemplateFailure("incompatible types for comparison");
  return a === b;
}

function order(a: TemplateValue, b: TemplateValue): number {
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "number" && typeof b === "number") return a - b;
  throw new TemplateFailure("incompatible types for comparison");
}

function lengthOf(value: TemplateValue): number {
  if (typeof value === "string") return new TextEncoder().encode(value).length;
  if (value instanceof Map) return value.size;
  if (Array.isArray(value)) return value.length;
  throw new TemplateFailure("len of this type");
}
