import type { MathOperator } from "./ast.ts";
import { Failure } from "./failure.ts";
import { DurationValue, kindOf, TimeValue, type Value } from "./value.ts";

/** `left operator right`: ints wrap at 64 bits and divide toward zero, an int with a float is a float. */
export function calculate(operator: MathOperator, left: Value, right: Value): Value {
  if (typeof left === "bigint" && typeof right === "bigint") return ofInts(operator, left, right);
  if (isNumber(left) && isNumber(right)) return ofFloats(operator, Number(left), Number(right));
  const isSum = operator === "+" || operator === "-";
  if (isSum && left instanceof TimeValue) {
    if (right instanceof DurationValue)
      return new TimeValue(operator === "+" ? left.ns + right.ns : left.ns - right.ns, left.offsetMinutes, left.zone);
    if (right instanceof TimeValue && operator === "-") return new DurationValue(left.ns - right.ns);
  }
  if (isSum && left instanceof DurationValue) {
    if (right instanceof DurationValue)
      return new DurationValue(operator === "+" ? left.ns + right.ns : left.ns - right.ns);
    if (right instanceof TimeValue && operator === "+")
      return new TimeValue(left.ns + right.ns, right.offsetMinutes, right.zone);
  }
  throw new Failure(`cannot calculate ${kindOf(left)} ${operator} ${kindOf(right)}`);
}

/** A value with a sign in front of it. */
export function negate(value: Value): Value {
  if (typeof value === "bigint") return BigInt.asIntN(64, -value);
  if (typeof value === "number") return -value;
  throw new Failure(`cannot put a sign in front of ${kindOf(value)}`);
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === "bigint" || typeof value === "number";
}

function ofInts(operator: MathOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return BigInt.asIntN(64, left + right);
    case "-":
      return BigInt.asIntN(64, left - right);
    case "*":
      return BigInt.asIntN(64, left * right);
    case "/":
      if (right === 0n) throw new Failure("attempted to divide by 0");
      return BigInt.asIntN(64, left / right);
  }
}

function ofFloats(operator: MathOperator, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      if (right === 0) throw new Failure("attempted to divide by 0");
      return left / right;
  }
}
