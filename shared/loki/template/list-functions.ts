import { compileRe2, type Re2 } from "../../re2/re2.ts";
import { goJson } from "../stages/go-json.ts";
import { TemplateFailure, type TemplateFunction, type TemplateValue } from "./nodes.ts";
import { anyText, integer, listOf, printed, text } from "./values.ts";

const maxParts = 10_000;
const maxChars = 16_777_216;

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
  join: (separator, value) => joined(listOf(value).map(anyText), text(separator)),
  append: (value, last) => bounded([...listOf(value), last]),
  prepend: (value, first) => bounded([first, ...listOf(value)]),
  concat: (...all) => bounded(all.flatMap(listOf)),
  until: (count) => steps(0, integer(count), 1),
  untilStep: (start, stop, step) => steps(integer(start), integer(stop), integer(step)),
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
  toJson: (value) => {
    // What cannot be printed cannot be written down either.
    printed(value);
    return goJson(plain(value));
  },
  toStrings: (value) => listOf(value).map(printed),
};

/** As JSON has it: dictionaries by the order of their keys. */
function plain(value: TemplateValue): unknown {
  if (value === undefined) return null;
  if (value instanceof Map) {
    const pairs = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(pairs.map(([key, each]) => [key, plain(each)]));
  }
  if (Array.isArray(value)) return (value as readonly TemplateValue[]).map(plain);
  return typeof value === "object" ? printed(value) : value;
}

function joined(texts: readonly string[], separator: string): string {
  const length = texts.reduce((sum, each) => sum + each.length + separator.length, 0);
  if (length > maxChars) throw new TemplateFailure("join: too long");
  return texts.join(separator);
}

function bounded(list: readonly TemplateValue[]): readonly TemplateValue[] {
  if (list.length <= maxParts) return list;
  throw new TemplateFailure("a list is too long");
}

/** Numbers from `start` on that come before `stop`. */
function steps(start: number, stop: number, step: number): readonly number[] {
  const by = stop < start && step > 0 ? -step : step;
  if (by === 0 || (stop > start && by < 0)) return [];
  const count = Math.max(0, Math.ceil((stop - start) / by));
  if (count > maxParts) throw new TemplateFailure("a list is too long");
  return Array.from({ length: count }, (_, index) => start + index * by);
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
