import type { ObjectValue } from "../../shared/alloy/value.ts";
import type { Health } from "./health.ts";
import type { PlannedNode } from "./node.ts";
import { dependentsOf } from "./order.ts";

/** What runs for a node: a component, or a module. */
export interface Runtime {
  readonly exports: ObjectValue;
  start(): void;
  stop(): Promise<void>;
  /** Notes how the last evaluation went. */
  evaluated(problem?: string): void;
  currentHealth(): Health;
}

/** Starts what receives before what sends to it. */
export function startAll(nodes: readonly PlannedNode[], runtimes: ReadonlyMap<string, Runtime>): void {
  for (const { id } of nodes) runtimes.get(id)?.start();
}

/** Stops what sends before what it sends to: each one once its dependents have stopped. */
export async function stopAll(nodes: readonly PlannedNode[], runtimes: ReadonlyMap<string, Runtime>): Promise<void> {
  const dependents = dependentsOf(nodes);
  const stopped = new Map<string, Promise<void>>();
  for (const { id } of nodes.toReversed()) {
    const before = (dependents.get(id) ?? []).map((dependent) => stopped.get(dependent));
    stopped.set(
      id,
      Promise.all(before).then(() => runtimes.get(id)?.stop()),
    );
  }
  await Promise.all(stopped.values());
}
