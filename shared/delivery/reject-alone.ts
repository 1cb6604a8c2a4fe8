import type { Outcome, Retry } from "../batch/outcome.ts";

/** An item that failed alone this often, spread over half an hour by the backoff, while others beside it were taken. */
export const minReceives = 10;

/**
 * Whether an item is rejected although no answer was about content: it alone is refused again and again, and its neighbours are
 * delivered. `receives`: how often its message was received; without a queue nobody counts, and its client keeps it.
 */
export function rejectedAlone({ isIsolated, reason }: Retry, items: number, receives: number): Outcome | undefined {
  if (!isIsolated || items > 1 || receives < minReceives) return undefined;
  const message = `failed alone ${receives} times while others were delivered: ${reason}`;
  return { kind: "rejected", reason: "rejected", message };
}
