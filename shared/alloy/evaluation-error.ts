import type { Expression, Extent } from "./ast.ts";

/**
 * Why an expression has no value, in Alloy's words: the offending part of the source and what is wrong with it. Thrown and
 * caught inside `shared/alloy` only.
 */
export class EvaluationError extends Error {
  /** Where, where Alloy says it. */
  readonly extent: Extent | undefined;
  /** What the message is about, to be printed before it. */
  readonly about: { readonly expression: Expression; readonly behind: string } | undefined;

  /** What was probably meant. */
  readonly hint: string | undefined;

  constructor(
    message: string,
    extent?: Extent,
    { about, hint }: { readonly about?: EvaluationError["about"]; readonly hint?: string | undefined } = {},
  ) {
    super(message);
    this.extent = extent;
    this.about = about;
    this.hint = hint;
  }
}
