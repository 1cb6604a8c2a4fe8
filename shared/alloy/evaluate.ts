import type { Expression } from "./ast.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { literalValue } from "./literal.ts";
import { Mismatch } from "./mismatch.ts";
import { binary, unary } from "./operators.ts";
import { isArray, isNumber, isObject, type ObjectValue, typeOf, type Value } from "./value.ts";

/** The names that an expression sees. Variables hide the standard library. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Value>;
  readonly library: ObjectValue;
}

/** A problem of a function that is not about one of its arguments. */
export class UnplacedProblem extends Error {}

/** The value of an expression. Throws an `EvaluationError`. */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "literal":
      return guarded(expression, () => literalValue(expression));
    case "identifier":
      return lookUp(expression, scope);
    case "paren":
      return evaluate(expression.inner, scope);
    case "array":
      return expression.elements.map((element) => evaluate(element, scope));
    case "object":
      return new Map(expression.fields.map(({ name, value }) => [name, evaluate(value, scope)]));
    case "access":
      return access(expression, scope);
    case "index":
      return index(expression, scope);
    case "call":
      return call(expression, scope);
    case "unary": {
      const operand = evaluate(expression.value, scope);
      return guarded(expression.value, () => unary(expression.operator, operand));
    }
    case "binary": {
      const { left, right, operator } = expression;
      const operands = [evaluate(left, scope), evaluate(right, scope)] as const;
      return guardedParts([left, right], () => binary(operator, operands));
    }
  }
}

/** Runs `decode`, and points at the part of `expression` that a `Mismatch` is about. */
export function guarded<T>(expression: Expression, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Mismatch) throw locate(expression, error.path, error.message);
    throw error;
  }
}

function guardedParts<T>(parts: readonly Expression[], decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const [first, ...rest] = error.path;
    const part = typeof first === "number" ? parts[first] : undefined;
    throw part ? locate(part, rest, error.message) : error;
  }
}

/** Follows `path` into the literal arrays and objects of the source; what it cannot follow is written behind. */
function locate(expression: Expression, path: readonly (number | string)[], message: string): EvaluationError {
  let offending = expression;
  let steps = path;
  for (;;) {
    const [step, ...rest] = steps;
    const inside = offending.kind === "paren" && step !== undefined ? offending.inner : partOf(offending, step);
    if (inside === undefined) break;
    if (offending.kind !== "paren") steps = rest;
    offending = inside;
  }
  const behind = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  return new EvaluationError(message, offending, { about: { expression: offending, behind } });
}

function partOf(expression: Expression, step: number | string | undefined): Expression | undefined {
  if (expression.kind === "array" && typeof step === "number") return expression.elements[step];
  if (expression.kind === "object") return expression.fields.findLast(({ name }) => name === step)?.value;
  return undefined;
}

function lookUp(expression: Extract<Expression, { kind: "identifier" }>, { variables, library }: Scope): Value {
  const { name } = expression;
  const value = variables.get(name) ?? (variables.has(name) ? null : library.get(name));
  if (value === undefined) throw new EvaluationError(`identifier ${JSON.stringify(name)} does not exist`, expression);
  return value;
}

function access(expression: Extract<Expression, { kind: "access" }>, scope: Scope): Value {
  const value = evaluate(expression.value, scope);
  const { name, nameStart, end } = expression;
  return guarded(expression.value, () => {
    if (!isObject(value)) {
      const capsule = "expected object or array or a capsule convertible to an object, got capsule";
      const words = `cannot access field ${JSON.stringify(name)} on value of type ${typeOf(value)}`;
      throw new Mismatch(typeOf(value) === "capsule" ? capsule : words);
    }
    const field = value.get(name);
    if (field !== undefined) return field;
    throw new EvaluationError(`field ${JSON.stringify(name)} does not exist`, { start: nameStart, end });
  });
}

function index(expression: Extract<Expression, { kind: "index" }>, scope: Scope): Value {
  const value = evaluate(expression.value, scope);
  const at = evaluate(expression.index, scope);
  if (isArray(value)) return guarded(expression.index, () => elementAt(value, at));
  if (isObject(value)) {
    return guarded(expression.index, () => {
      if (typeof at !== "string") throw new Mismatch(`should be string, got ${typeOf(at)}`);
      return value.get(at) ?? null;
    });
  }
  return guarded(expression.value, () => {
    const capsule = typeOf(value) === "capsule" ? " or a capsule convertible to an object" : "";
    throw new Mismatch(`expected object or array${capsule}, got ${typeOf(value)}`);
  });
}

function elementAt(array: readonly Value[], at: Value): Value {
  if (at === null || !isNumber(at)) throw new Mismatch(`should be number, got ${typeOf(at)}`);
  const place = at.kind === "float" ? Math.trunc(at.value) : BigInt.asIntN(64, at.value);
  const found = place >= 0 && place < array.length ? array[Number(place)] : undefined;
  if (found === undefined) throw new Mismatch(`index ${place} is out of range of array with length ${array.length}`);
  return found;
}

function call(expression: Extract<Expression, { kind: "call" }>, scope: Scope): Value {
  const called = evaluate(expression.value, scope);
  if (called === null || typeof called !== "object" || !("kind" in called) || called.kind !== "function") {
    return guarded(expression.value, () => {
      throw new Mismatch(`should be function, got ${typeOf(called)}`);
    });
  }
  const args = expression.args.map((each) => evaluate(each, scope));
  try {
    return called.call(args);
  } catch (error) {
    if (error instanceof UnplacedProblem) throw new EvaluationError(error.message);
    if (!(error instanceof Mismatch)) throw error;
    const [first, ...rest] = error.path;
    const offending = typeof first === "number" ? expression.args[first] : undefined;
    throw offending ? locate(offending, rest, error.message) : locate(expression.value, [], error.message);
  }
}
