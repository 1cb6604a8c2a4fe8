import type { Table } from "./arguments.ts";
import type { Statement } from "./ast.ts";
import { decodeStatements } from "./decode-statements.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { evaluate, guarded, type Scope } from "./evaluate.ts";
import { diagnosticOf } from "./evaluate-outcome.ts";
import { EvaluationError } from "./evaluation-error.ts";
import type { Source } from "./source.ts";

/** The arguments of a block, or the first error in it. */
export type DecodedBody<Args> =
  | { readonly kind: "decoded"; readonly args: Args }
  /** The first error. Without a start, it is about the body as a whole. */
  | { readonly kind: "invalid"; readonly diagnostic: Diagnostic };

export interface DecodeContext {
  readonly source: Source;
  readonly scope: Scope;
}

/** Decodes the statements of a block, or of a file, into the arguments of a table. */
export function decodeBody<Args>(
  body: readonly Statement[],
  table: Table<Args>,
  { source, scope }: DecodeContext,
): DecodedBody<Args> {
  try {
    const args = decodeStatements(body, table, (expression, decode) => {
      const evaluated = evaluate(expression, scope);
      return guarded(expression, () => decode(evaluated));
    });
    return { kind: "decoded", args };
  } catch (error) {
    if (error instanceof EvaluationError) return { kind: "invalid", diagnostic: diagnosticOf(error, source) };
    throw error;
  }
}
