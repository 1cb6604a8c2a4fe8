/**
 * Thrown while a statement runs on an item that it does not fit; caught where the statement was called. Not an Error: a
 * stack trace for every item would cost more than the statement.
 */
export class Failure {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Thrown while a statement is read; caught by `parseStatement` and `parseCondition`'s callers as a load error. */
export class OttlError extends Error {}

/** Runs a step of reading; a problem in it is returned as text. */
export function attempt<T>(step: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: step() };
  } catch (error) {
    if (error instanceof OttlError) return { problem: error.message };
    if (error instanceof Failure) return { problem: error.reason };
    throw error;
  }
}
