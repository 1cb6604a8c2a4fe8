import type { Secret } from "../secret.ts";
import { secret as hide } from "../secret.ts";
import { commonKind, equal } from "./equal.ts";
import { Mismatch } from "./mismatch.ts";
import { compareTexts, joinTexts } from "./text.ts";
import type { BinaryOperator } from "./token.ts";
import {
  float,
  int,
  isCapsule,
  isNumber,
  isOptionalSecret,
  type NumberValue,
  optionalSecretValue,
  secretType,
  secretValue,
  type TypeName,
  typeOf,
  uint,
  type Value,
} from "./value.ts";

const accepted: Readonly<Record<Exclude<BinaryOperator, "==" | "!=">, readonly TypeName[]>> = {
  "||": ["bool"],
  "&&": ["bool"],
  "+": ["number", "string", "capsule"],
  "-": ["number"],
  "*": ["number"],
  "/": ["number"],
  "%": ["number"],
  "^": ["number"],
  "<": ["number", "string"],
  ">": ["number", "string"],
  "<=": ["number", "string"],
  ">=": ["number", "string"],
};

const leftOperand = 0;
const rightOperand = 1;

/** `left operator right`. Throws a `Mismatch` whose path begins with the offending operand: 0 the left one, 1 the right one. */
export function binary(operator: BinaryOperator, given: readonly [Value, Value]): Value {
  const [left, right] = alike(...given);
  if (operator === "==") return equal(left, right);
  if (operator === "!=") return !equal(left, right);
  for (const [index, operand] of [left, right].entries()) {
    const types = accepted[operator];
    if (types.includes(typeOf(operand))) continue;
    const words = `should be one of [${types.join(" ")}] for binop ${operator}, got ${typeOf(operand)}`;
    throw new Mismatch(words, [index]);
  }
  if (typeOf(left) !== typeOf(right)) {
    throw new Mismatch(`should be ${typeOf(left)}, got ${typeOf(right)}`, [rightOperand]);
  }
  if (typeof left === "boolean" && typeof right === "boolean") return operator === "&&" ? left && right : left || right;
  if (typeof left === "string" && typeof right === "string") {
    return operator === "+" ? joinTexts(left, right) : ordered(operator, compareTexts(left, right));
  }
  if (left !== null && right !== null && isNumber(left) && isNumber(right)) return arithmetic(operator, left, right);
  return joinSecrets(left, right);
}

/** `!value` or `-value`. */
export function unary(operator: "!" | "-", value: Value): Value {
  if (operator === "!") {
    if (typeof value !== "boolean") throw new Mismatch(`should be bool, got ${typeOf(value)}`);
    return !value;
  }
  if (!isNumber(value)) throw new Mismatch(`should be number, got ${typeOf(value)}`);
  return value.kind === "float" ? float(-value.value) : int(-BigInt.asIntN(64, value.value));
}

function ordered(operator: BinaryOperator, order: number): boolean {
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

function arithmetic(operator: BinaryOperator, left: NumberValue, right: NumberValue): Value {
  if ((operator === "/" || operator === "%") && Number(right.value) === 0) {
    throw new Mismatch("divide by zero error", [rightOperand]);
  }
  const kind = commonKind(left, right);
  if (kind === "float") return floatArithmetic(operator, Number(left.value), Number(right.value));
  const wrap = kind === "int" ? BigInt.asIntN : BigInt.asUintN;
  const a = wrap(64, BigInt(left.value));
  const b = wrap(64, BigInt(right.value));
  if (operator === "<" || operator === "<=" || operator === ">" || operator === ">=") {
    return ordered(operator, a < b ? -1 : a > b ? 1 : 0);
  }
  const result = wholeArithmetic(operator, a, b);
  return kind === "int" ? int(result) : uint(result);
}

function wholeArithmetic(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  if (operator === "*") return a * b;
  if (operator === "/") return a / b;
  return operator === "%" ? a % b : wholePower(a, b);
}

/** Alloy multiplies in a loop, which never runs for a negative exponent: 2 ^ -1 is 2. */
function wholePower(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n || base === 1n) return 1n;
  if (exponent < 0n) return base;
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = BigInt.asUintN(64, result * square);
    square = BigInt.asUintN(64, square * square);
  }
  return result;
}

function floatArithmetic(operator: BinaryOperator, a: number, b: number): Value {
  if (operator === "<" || operator === "<=" || operator === ">" || operator === ">=") {
    return Number.isNaN(a) || Number.isNaN(b) ? false : ordered(operator, a < b ? -1 : a > b ? 1 : 0);
  }
  if (operator === "+") return float(a + b);
  if (operator === "-") return float(a - b);
  if (operator === "*") return float(a * b);
  if (operator === "/") return float(a / b);
  return float(operator === "%" ? a % b : a ** b);
}

/** Secrets, optional secrets and strings are taken as the most secret of the two. */
function alike(left: Value, right: Value): readonly [Value, Value] {
  const secrecy = [left, right].map(secrecyOf);
  const [a, b] = secrecy;
  if (a === undefined || b === undefined || (a === 0 && b === 0)) return [left, right];
  const kinds = [left, right].map((value) => value !== null && isCapsule(value) && value.type === secretType);
  if (kinds.includes(true)) return [secretValue(textOf(left)), secretValue(textOf(right))];
  if (typeof left === "string" || typeof right === "string") {
    if (Math.max(a, b) < 2) return [textOf(left).reveal(), textOf(right).reveal()];
    return [
      typeof left === "string" ? optionalSecretValue({ secret: true, text: textOf(left) }) : left,
      typeof right === "string" ? optionalSecretValue({ secret: true, text: textOf(right) }) : right,
    ];
  }
  return [left, right];
}

/** 0 a string, 1 an optional secret that is not secret, 2 a secret; undefined for anything else. */
function secrecyOf(value: Value): number | undefined {
  if (typeof value === "string") return 0;
  if (value === null || !isCapsule(value)) return undefined;
  if (value.type === secretType) return 2;
  return isOptionalSecret(value) ? (value.content.secret ? 2 : 1) : undefined;
}

function textOf(value: Value): Secret {
  if (typeof value === "string") return hide(value);
  if (value === null || !isCapsule(value)) return hide("");
  return isOptionalSecret(value) ? value.content.text : (value.content as Secret);
}

function joinSecrets(left: Value, right: Value): Value {
  const unknown = new Mismatch("capsules of this kind cannot be added", [leftOperand]);
  if (left === null || right === null || !isCapsule(left) || !isCapsule(right)) throw unknown;
  if (secrecyOf(left) === undefined || secrecyOf(right) === undefined) throw unknown;
  const text = hide(joinTexts(textOf(left).reveal(), textOf(right).reveal()));
  if (left.type === secretType) return secretValue(text);
  const secret = secrecyOf(left) === 2 || secrecyOf(right) === 2;
  return optionalSecretValue({ secret, text });
}
