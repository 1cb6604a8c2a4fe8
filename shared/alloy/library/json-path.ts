import { Mismatch } from "../mismatch.ts";
import { string } from "../text-types.ts";
import { int, isArray, isNumber, isObject, type Value } from "../value.ts";
import { typed } from "./define.ts";
import { parseJson } from "./parse-json.ts";

type Step =
  | { readonly kind: "name"; readonly names: readonly string[] }
  | { readonly kind: "index"; readonly indexes: readonly number[] }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined; readonly by: number }
  | { readonly kind: "every" }
  | { readonly kind: "deep" };

const maxMatches = 100_000;

/** `json_path`: the values in a JSON text that a path leads to. Names, indexes, slices, `*` and `..`; no filters. */
export const jsonPath = typed([string, string], (text, path) => {
  const steps = parsePath(path);
  let found: readonly Value[] = [wholeNumbers(parseJson(text))];
  for (const step of steps) {
    found = found.flatMap((value) => take(value, step));
    if (found.length > maxMatches) throw new Mismatch(`the path matches more than ${maxMatches} values`);
  }
  return found;
});

function parsePath(path: string): readonly Step[] {
  const steps: Step[] = [];
  let rest = /^[$@]/.test(path) ? path.slice(1) : path;
  while (rest !== "") {
    const [token, step] = nextStep(rest, steps.length === 0);
    if (token === "")
      throw new Mismatch(`the path ${JSON.stringify(path)} cannot be read from ${JSON.stringify(rest)} on`);
    if (step) steps.push(step);
    rest = rest.slice(token.length);
  }
  return steps;
}

function nextStep(rest: string, first: boolean): readonly [string, Step | undefined] {
  if (rest.startsWith("..")) return [rest.startsWith("..[") || rest === ".." ? ".." : ".", { kind: "deep" }];
  const every = /^(?:\.?\*|\[\*\])/.exec(rest)?.[0];
  if (every) return [every, { kind: "every" }];
  const name = /^\.?([^.[\]*\s'"()]+)/.exec(rest);
  if (name && (first || rest.startsWith(".") || name[0] === rest || !rest.startsWith("["))) {
    return [name[0], { kind: "name", names: [name[1] ?? ""] }];
  }
  const quoted = /^\[\s*(?:'[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))*\s*\]/.exec(rest)?.[0];
  if (quoted) {
    return [quoted, { kind: "name", names: (quoted.match(/'[^']*'|"[^"]*"/g) ?? []).map((each) => each.slice(1, -1)) }];
  }
  const indexes = /^\[\s*-?\d+(?:\s*,\s*-?\d+)*\s*\]/.exec(rest)?.[0];
  if (indexes) return [indexes, { kind: "index", indexes: indexes.slice(1, -1).split(",").map(Number) }];
  const slice = /^\[\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?\]/.exec(rest);
  if (!slice) return ["", undefined];
  const [whole, from, to, by] = slice;
  const optional = (text: string | undefined) => (text === undefined || text === "" ? undefined : Number(text));
  return [whole, { kind: "slice", from: optional(from), to: optional(to), by: optional(by) ?? 1 }];
}

function take(value: Value, step: Step): readonly Value[] {
  switch (step.kind) {
    case "name":
      return isObject(value) ? step.names.flatMap((name) => (value.has(name) ? [value.get(name) ?? null] : [])) : [];
    case "index":
      return isArray(value) ? step.indexes.flatMap((index) => elementAt(value, index)) : [];
    case "slice":
      return isArray(value) ? sliceOf(value, step) : [];
    case "every":
      return children(value);
    case "deep":
      return [value, ...children(value).flatMap((child) => take(child, step))];
  }
}

function elementAt(array: readonly Value[], index: number): readonly Value[] {
  const element = array.at(index);
  return element === undefined ? [] : [element];
}

function sliceOf(array: readonly Value[], { from, to, by }: Extract<Step, { kind: "slice" }>): readonly Value[] {
  if (by <= 0) return [];
  return array.slice(from ?? 0, to ?? array.length).filter((_each, index) => index % by === 0);
}

function children(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  return isObject(value) ? [...value.values()] : [];
}

/** The path library of Alloy keeps whole numbers whole, unlike `encoding.from_json`. */
function wholeNumbers(value: Value): Value {
  if (isArray(value)) return value.map(wholeNumbers);
  if (isObject(value)) return new Map([...value].map(([key, each]) => [key, wholeNumbers(each)]));
  return isNumber(value) && value.kind === "float" && Number.isSafeInteger(value.value) ? int(value.value) : value;
}
