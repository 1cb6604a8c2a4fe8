import type { Expression } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { evaluate, type Scope } from "./evaluate.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { printExpression } from "./print.ts";
import type { Source } from "./source.ts";
import type { Value } from "./value.ts";

/** The value of an expression of `source`, or why it has none. */
export function evaluateOutcome(
  expression: Expression,
  { source, scope }: { readonly source: Source; readonly scope: Scope },
):
  | { readonly kind: "evaluated"; readonly value: Value }
  | { readonly kind: "invalid"; readonly diagnostic: Diagnostic } {
  try {
    return { kind: "evaluated", value: evaluate(expression, scope) };
  } catch (error) {
    if (error instanceof EvaluationError) return { kind: "invalid", diagnostic: diagnosticOf(error, source) };
    throw error;
  }
}

/** The error as a diagnostic of `source`, which the expression is from. */
export function diagnosticOf({ message, extent, about, hint }: EvaluationError, source: Source): Diagnostic {
  const text = about ? `${printExpression(about.expression, source)}${about.behind} ${message}` : message;
  return {
    severity: "error",
    message: text,
    ...(extent && { start: source.position(extent.start), end: source.position(extent.end) }),
    ...(hint !== undefined && { hint }),
  };
}
