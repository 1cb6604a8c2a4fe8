import { compileRe2 } from "../../../re2/re2.ts";
import { Mismatch } from "../../mismatch.ts";
import { bytesOfText, compareTexts } from "../../text.ts";
import { float, int, isArray, isNumber, isObject, type NumberValue, type Value } from "../../value.ts";
import type { Equation, Operand, Path } from "./path.ts";

const maxCombinations = 100_000;
const nothing = Symbol("nothing");

/** `found`: it comes from a path, and counts as true where a truth is wanted, whatever it is. */
interface Result {
  readonly value: Value | typeof nothing | Extract<Operand, { kind: "pattern" }>;
  readonly found: boolean;
}

type Find = (path: Path, item: Value) => readonly Value[];

/** A test of filters; `find` follows the paths in them. Where one leads to several values, it is enough that one of them fits. */
export function createFilter(find: Find): (test: Equation, item: Value, root: Value) => boolean {
  return (test, item, root) => {
    const paths = pathsIn(test, []);
    const values = paths.map((path) => find(path, path[0]?.kind === "root" ? root : item));
    let combinations = 1;
    for (const list of values) combinations *= Math.max(1, list.length);
    if (combinations > maxCombinations) throw new Mismatch("the paths of a filter match too many values");
    for (let number = 0; number < combinations; number++) {
      let rest = number;
      const chosen = new Map<Path, Result>();
      for (const [index, list] of values.entries()) {
        const size = Math.max(1, list.length);
        const value = list[rest % size];
        chosen.set(paths[index] as Path, value === undefined ? missing : { value, found: true });
        rest = Math.floor(rest / size);
      }
      const { value, found } = evaluate(test, { chosen, count: (path) => find(path, item).length });
      if (found || value === true) return true;
    }
    return false;
  };
}

interface Context {
  readonly chosen: ReadonlyMap<Path, Result>;
  count(path: Path): number;
}

const missing: Result = { value: nothing, found: false };

function pathsIn({ operation, operand, left, right }: Equation, paths: Path[]): Path[] {
  if (operand?.kind === "path") paths.push(operand.path);
  if (left && operation?.name !== "count") pathsIn(left, paths);
  if (right && operation?.operands === 2) pathsIn(right, paths);
  return paths;
}

function evaluate(equation: Equation, context: Context): Result {
  const { operation, operand, left, right } = equation;
  if (operand) {
    if (operand.kind === "path") return context.chosen.get(operand.path) ?? missing;
    if (operand.kind === "nothing") return missing;
    return { value: operand.kind === "pattern" ? operand : operand.value, found: false };
  }
  if (!operation) return missing;
  if (operation.name === "count") {
    const path = left?.operand?.kind === "path" ? left.operand.path : undefined;
    return plain(path ? int(context.count(path)) : nothing);
  }
  const first = left ? evaluate(left, context) : plain(null);
  const second = right && operation.operands === 2 ? evaluate(right, context) : plain(null);
  return plain(apply(operation.name, first, second));
}

function plain(value: Result["value"]): Result {
  return { value, found: false };
}

function apply(name: string, left: Result, right: Result): Result["value"] {
  switch (name) {
    case "(":
      return left.value;
    case "==":
      return equal(left.value, right.value);
    case "!=":
      return unequal(left.value, right.value);
    case "<":
    case ">":
    case "<=":
    case ">=":
      return ordered(name, left.value, right.value);
    case "||":
      return isTrue(left) || isTrue(right);
    case "&&":
      return isTrue(left) && isTrue(right);
    case "!":
      return !isTrue(left);
    case "in":
      return isList(right.value) && right.value.some((each) => identical(left.value, each));
    case "empty":
      return typeof right.value === "boolean" && sizeOf(left.value) !== undefined
        ? right.value === (sizeOf(left.value) === 0)
        : false;
    case "has":
    case "exists":
      return typeof right.value === "boolean" && right.value === (left.value !== nothing);
    case "~=":
    case "=~":
      return typeof left.value === "string" && matchesPattern(left.value, right.value);
    case "length": {
      const size = sizeOf(left.value);
      return size === undefined ? nothing : int(size);
    }
    case "match":
    case "search":
      return searched(name, left.value, right.value);
    default:
      return calculated(name, left.value, right.value);
  }
}

function isTrue({ value, found }: Result): boolean {
  return found || value === true;
}

function isList(value: Result["value"]): value is readonly Value[] {
  return Array.isArray(value);
}

function numberOf(value: Result["value"]): NumberValue | undefined {
  const isValue = typeof value === "object" && value !== null && "kind" in value && value.kind !== "pattern";
  return isValue && isNumber(value) ? value : undefined;
}

function identical(left: Result["value"], right: Result["value"]): boolean {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a && b) return a.kind === b.kind && a.value === b.value;
  const isBoth = (is: (value: Value) => boolean) => is(left as Value) && is(right as Value);
  if (isBoth(isArray) || isBoth(isObject)) throw new Mismatch("a filter cannot compare arrays or objects");
  return left === right;
}

function equal(left: Result["value"], right: Result["value"]): boolean {
  const [a, b] = [numberOf(left), numberOf(right)];
  return a && b && a.kind !== b.kind ? Number(a.value) === Number(b.value) : identical(left, right);
}

/** A fault of `ojg`: a float is unequal to other whole numbers alone. */
function unequal(left: Result["value"], right: Result["value"]): boolean {
  return !equal(left, right) && (numberOf(left)?.kind !== "float" || numberOf(right)?.kind === "int");
}

function ordered(name: string, left: Result["value"], right: Result["value"]): boolean {
  const [a, b] = [numberOf(left), numberOf(right)];
  let order: number;
  if (a && b) {
    const [x, y] = a.kind === b.kind ? [a.value, b.value] : [Number(a.value), Number(b.value)];
    order = x < y ? -1 : x > y ? 1 : 0;
  } else if (typeof left === "string" && typeof right === "string") order = compareTexts(left, right);
  else return false;
  return name === "<" ? order < 0 : name === ">" ? order > 0 : name === "<=" ? order <= 0 : order >= 0;
}

function sizeOf(value: Result["value"]): number | undefined {
  if (typeof value === "string") return bytesOfText(value).length;
  if (isList(value)) return value.length;
  return value instanceof Map ? value.size : undefined;
}

function matchesPattern(text: string, pattern: Result["value"]): boolean {
  if (typeof pattern === "object" && pattern !== null && "pattern" in pattern) return pattern.pattern.test(text);
  if (typeof pattern !== "string") return false;
  const compiled = compileRe2(pattern);
  return compiled.kind === "re2" && compiled.re2.test(text);
}

function searched(name: string, text: Result["value"], pattern: Result["value"]): Result["value"] {
  if (typeof text !== "string" || typeof pattern !== "string" || pattern === "") return nothing;
  const start = name === "match" && !pattern.startsWith("^") ? "^" : "";
  const end = name === "match" && !pattern.endsWith("$") ? "$" : "";
  const compiled = compileRe2(start + pattern + end);
  return compiled.kind === "re2" ? compiled.re2.test(text) : nothing;
}

function calculated(name: string, left: Result["value"], right: Result["value"]): Result["value"] {
  if (name === "+" && typeof left === "string" && typeof right === "string") return left + right;
  const [a, b] = [numberOf(left), numberOf(right)];
  if (!a || !b) return nothing;
  if (a.kind !== "float" && b.kind !== "float") {
    if (name === "/") return b.value === 0n ? nothing : int(a.value / b.value);
    return int(name === "+" ? a.value + b.value : name === "-" ? a.value - b.value : a.value * b.value);
  }
  const [x, y] = [Number(a.value), Number(b.value)];
  if (name === "/") return y === 0 ? nothing : float(x / y);
  return float(name === "+" ? x + y : name === "-" ? x - y : x * y);
}
