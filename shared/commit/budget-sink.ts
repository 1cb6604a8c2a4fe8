import type { Sink } from "../batch/accept.ts";
import type { Budget } from "./budget.ts";

export interface BudgetSinkOptions {
  readonly sink: Sink;
  readonly budget: Budget;
  /** What a client is told that finds no room. */
  readonly retryAfterMs: number;
}

/** Counts a request's bytes in `budget` from acceptance to answer; without room it is turned away, to be sent again. */
export function createBudgetSink({ sink, budget, retryAfterMs }: BudgetSinkOptions): Sink {
  return {
    async accept(request, abort) {
      const bytes = request.bytes.length + (request.gzip?.length ?? 0);
      if (!budget.reserve(bytes)) return { kind: "unavailable", reason: "memory", retryAfterMs };
      try {
        return await sink.accept(request, abort);
      } finally {
        budget.release(bytes);
      }
    },
  };
}
