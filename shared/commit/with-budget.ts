import type { Accept } from "../batch/accept.ts";
import type { Budget } from "./budget.ts";

export interface BudgetOptions {
  readonly budget: Budget;
  /** What a client is told that finds no room. */
  readonly retryAfterMs: number;
}

/** Counts a request's bytes in `budget` from acceptance to answer; without room it is turned away, to be sent again. */
export function withBudget(accept: Accept, { budget, retryAfterMs }: BudgetOptions): Accept {
  return async (request, abort) => {
    const bytes = request.bytes.length + (request.gzip?.length ?? 0);
    if (!budget.reserve(bytes)) return { kind: "unavailable", reason: "memory", retryAfterMs };
    try {
      return await accept(request, abort);
    } finally {
      budget.release(bytes);
    }
  };
}
