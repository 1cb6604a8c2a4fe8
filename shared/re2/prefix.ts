import type { Node } from "./node.ts";
import type { Ranges } from "./ranges.ts";

const maxSets = 64;

/** What every match begins with, at the start of the text: one character out of each set. */
export interface Prefix {
  readonly sets: readonly Ranges[];
  /** Whether a text that begins so matches, whatever follows. */
  readonly isAll: boolean;
}

/** The prefix of a pattern that only matches at the start of a text; undefined for others. */
export function prefixOf(node: Node): Prefix | undefined {
  const [first, ...rest] = flat(node);
  if (first?.kind !== "assert" || first.assertion !== "text-start") return undefined;
  const sets: Ranges[] = [];
  for (const [index, each] of rest.entries()) {
    const own = fixedSets(each);
    if (own !== undefined && sets.length + own.length <= maxSets) {
      sets.push(...own);
      continue;
    }
    const least = each.kind === "repeat" && each.min > 0 ? fixedSets({ ...each, max: each.min }) : undefined;
    if (least === undefined || sets.length + least.length > maxSets) {
      return { sets, isAll: rest.slice(index).every(isOptional) };
    }
    sets.push(...least);
    return { sets, isAll: rest.slice(index + 1).every(isOptional) };
  }
  return { sets, isAll: true };
}

/** The nodes of a pattern one behind the other, groups opened. */
function flat(node: Node): readonly Node[] {
  if (node.kind === "concat") return node.nodes.flatMap(flat);
  return node.kind === "capture" ? flat(node.node) : node.kind === "empty" ? [] : [node];
}

/** The characters of what always has the same length; undefined for anything else. */
function fixedSets(node: Node): readonly Ranges[] | undefined {
  switch (node.kind) {
    case "empty":
      return [];
    case "set":
      return [node.ranges];
    case "capture":
      return fixedSets(node.node);
    case "concat": {
      const all = node.nodes.map(fixedSets);
      return all.includes(undefined) ? undefined : all.flatMap((sets) => sets ?? []);
    }
    case "repeat": {
      const once = node.min === node.max && node.max <= maxSets ? fixedSets(node.node) : undefined;
      return once && Array.from({ length: node.min }, () => once).flat();
    }
    default:
      return undefined;
  }
}

/** Whether it can be empty anywhere. */
function isOptional(node: Node): boolean {
  switch (node.kind) {
    case "empty":
      return true;
    case "capture":
      return isOptional(node.node);
    case "concat":
      return node.nodes.every(isOptional);
    case "alternate":
      return node.nodes.some(isOptional);
    case "repeat":
      return node.min === 0 || isOptional(node.node);
    default:
      return false;
  }
}
