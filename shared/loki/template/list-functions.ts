import { compileRe2, type Re2 } from "../../re2/re2.ts";
import { goJson } from "../stages/go-json.ts";
import { TemplateFailure, type TemplateFunction, type TemplateValue } from "./nodes.ts";
import { anyText, integer, printed, text } from "./values.ts";

const maxParts = 10_000;

/** The functions of sprig that match patterns, cut texts into lists and put lists together. */
export const listFunctions: Readonly<Record<string, TemplateFunction>> = {
  regexMatch: (pattern, s) => compiled(pattern).test(text(s)),
  regexFind: (pattern, s) => {
    const re = compiled(pattern);
    const [from, to] = re.execIndices(text(s), 0) ?? [];
    return from === undefined || to === undefined ? "" : text(s).slice(from, to);
  },
  regexFindAll: (pattern, s, count) => {
    const re = compiled(pattern);
    const [input, max] = [text(s), integer(count)];
    const found: string[] = [];
    for (let at = 0; at <= input.length && (max < 0 || found.length < max) && found.length < maxParts; ) {
      const [from, to] = re.execIndices(input, at) ?? [];
      if (from === undefined || to === undefined) break;
      found.push(input.slice(from, to));
      at = to > from ? to : to + 1;
    }
    return found;
  },
  splitList: (separator, s) => parts(text(s).split(text(separator), maxParts)),
  list: (...args) => args,
  join: (separator, value) => listOf(value).map(anyText).join(text(separator)),
  first: (value) => listOf(value)[0],
  last: (value) => listOf(value).at(-1),
  rest: (value) => listOf(value).slice(1),
  initial: (value) => listOf(value).slice(0, -1),
  has: (needle, value) => listOf(value).includes(needle),
  uniq: (value) => [...new Set(listOf(value))],
  without: (value, ...others) => listOf(value).filter((each) => !others.includes(each)),
  compact: (value) => listOf(value).filter((each) => each !== "" && each !== undefined && each !== 0),
  reverse: (value) => listOf(value).toReversed(),
  sortAlpha: (value) => listOf(value).map(anyText).sort(byBytes),
  toJson: (value) => goJson(value instanceof Map ? Object.fromEntries([...value].sort()) : (value ?? null)),
  toStrings: (value) => listOf(value).map(printed),
};

function listOf(value: TemplateValue): readonly TemplateValue[] {
  if (Array.isArray(value)) return value as readonly TemplateValue[];
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return [value];
  throw new TemplateFailure("wrong type for value; expected a list");
}

function parts(all: readonly string[]): readonly string[] {
  if (all.length < maxParts) return all;
  throw new TemplateFailure("splitList: too many parts");
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

let last: { readonly pattern: string; readonly re2: Re2 } | undefined;

function compiled(pattern: TemplateValue): Re2 {
  const source = text(pattern);
  if (last?.pattern === source) return last.re2;
  const compiling = compileRe2(source);
  if (compiling.kind === "rejected") throw new TemplateFailure(compiling.message);
  last = { pattern: source, re2: compiling.re2 };
  return compiling.re2;
}
