import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import { aboutExtent, type PlannedNode } from "./node.ts";

/** Nodes such that what a node depends on comes before it; or the cycles, reported at each of their members. */
export function orderNodes(nodes: readonly PlannedNode[]): {
  readonly nodes: readonly PlannedNode[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const dependents = dependentsOf(nodes);
  const waiting = new Map(nodes.map(({ id, dependencies }) => [id, dependencies.length]));
  const ordered: PlannedNode[] = nodes.filter(({ dependencies }) => dependencies.length === 0);
  for (const { id } of ordered) {
    for (const dependent of dependents.get(id) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      const node = left === 0 ? byId.get(dependent) : undefined;
      if (node) ordered.push(node);
    }
  }
  if (ordered.length === nodes.length) return { nodes: ordered, diagnostics: [] };
  const done = new Set(ordered.map(({ id }) => id));
  return { nodes: [], diagnostics: cyclesAmong(nodes.filter(({ id }) => !done.has(id))) };
}

/** By id, the nodes that depend on it. */
export function dependentsOf(nodes: readonly PlannedNode[]): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const { id, dependencies } of nodes) {
    for (const dependency of dependencies) {
      const list = dependents.get(dependency);
      if (list) list.push(id);
      else dependents.set(dependency, [id]);
    }
  }
  return dependents;
}

function cyclesAmong(nodes: readonly PlannedNode[]): readonly Diagnostic[] {
  const reached = new Map(nodes.map(({ id }) => [id, reachableFrom(id, nodes)]));
  return nodes.flatMap((node) => {
    const { id, block, source, dependencies } = node;
    if (!reached.get(id)?.has(id)) return [];
    const members = nodes.filter((other) => reached.get(id)?.has(other.id) && reached.get(other.id)?.has(id));
    const words = `cycle detected: ${members.map((member) => member.id).join(", ")}`;
    const self = members.length === 1 && dependencies.includes(id);
    return [aboutExtent(source, { start: block.start, end: block.open }, self ? "cannot reference self" : words)];
  });
}

function reachableFrom(start: string, nodes: readonly PlannedNode[]): ReadonlySet<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const reached = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const next of byId.get(id)?.dependencies ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}
