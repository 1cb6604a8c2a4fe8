import type { Budget } from "../../shared/commit/budget.ts";

/** Two servers with idle connections of 20 to 37 KiB each (bench/daemon/clients.ts) hold no more than four times the budget. */
const budgetBytesPerConnection = 16 * 1024;
const least = 1000;
const most = 10_000;

/** Connections that one server may hold: as its process has memory, so that clients who only connect do not end it. */
export function maxConnectionsFor({ limitBytes }: Pick<Budget, "limitBytes">): number {
  return Math.max(least, Math.min(most, Math.floor(limitBytes / budgetBytesPerConnection)));
}
