import { type AnyValue, copyValue, ListValue, MapValue } from "../../edit/any-value.ts";
import type { Editor } from "../function.ts";
import { onMap, refill } from "./map-editors.ts";

interface Flat {
  readonly result: Map<string, AnyValue>;
  /** How often a key met one that was there, where conflicts are resolved. */
  readonly conflicts: Map<string, number>;
  readonly resolves: boolean;
  readonly maxDepth: number;
}

/** Turns maps and lists inside of a map into keys with dots. */
export const flattenEditor: Editor = {
  name: "flatten",
  parameters: ["target", "prefix?", "depth?", "resolve_conflicts?"],
  build: (args) => {
    const prefix = args.has("prefix") ? args.literalString("prefix") : "";
    const depth = args.has("depth") ? args.literalInt("depth") : undefined;
    if (depth !== undefined && depth <= 0n) throw args.problem(`invalid depth, ${depth} cannot be zero or negative`);
    const resolves = args.has("resolve_conflicts") && args.literalBool("resolve_conflicts");
    return onMap(args, (map) => {
      const maxDepth = depth === undefined ? Number.POSITIVE_INFINITY : Number(depth);
      const flat: Flat = { result: new Map(), conflicts: new Map(), resolves, maxDepth };
      flattenMap(flat, map, { prefix, depth: 0 });
      refill(map, flat.result);
    });
  },
};

interface Place {
  readonly prefix: string;
  readonly depth: number;
}

function flattenMap(flat: Flat, map: MapValue, { prefix, depth }: Place): void {
  const start = prefix === "" ? "" : `${prefix}.`;
  for (const [key, value] of map.pairs()) flattenValue(flat, value, { prefix: `${start}${key}`, depth });
}

function flattenValue(flat: Flat, value: AnyValue, { prefix, depth }: Place): void {
  if (depth < flat.maxDepth && value instanceof MapValue) flattenMap(flat, value, { prefix, depth: depth + 1 });
  else if (depth < flat.maxDepth && value instanceof ListValue) flattenList(flat, value, { prefix, depth });
  else put(flat, prefix, value);
}

function flattenList(flat: Flat, list: ListValue, { prefix, depth }: Place): void {
  for (const [index, item] of list.items.entries()) {
    const key = `${prefix}.${index}`;
    const goesDeeper = depth + 1 < flat.maxDepth;
    if (goesDeeper && item instanceof MapValue) flattenMap(flat, item, { prefix: key, depth: depth + 2 });
    else if (goesDeeper && item instanceof ListValue) {
      // No dot between the two indexes: so does the Collector.
      for (const [inner, each] of item.items.entries())
        flattenValue(flat, each, { prefix: `${key}${inner}`, depth: depth + 3 });
    } else put(flat, flat.resolves ? prefix : key, item);
  }
}

function put(flat: Flat, key: string, value: AnyValue): void {
  if (!flat.resolves || !flat.result.has(key)) {
    flat.result.set(key, copyValue(value));
    return;
  }
  const count = flat.conflicts.get(key) ?? 0;
  flat.conflicts.set(key, count + 1);
  flat.result.set(`${key}.${count}`, copyValue(value));
}
