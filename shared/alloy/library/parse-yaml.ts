import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, type Scalar, type YAMLMap } from "yaml";
import { Mismatch } from "../mismatch.ts";
import type { Value } from "../value.ts";
import { resolveYamlScalar } from "./yaml-scalar.ts";

const maxNodes = 1_000_000;
const maxDepth = 1_000;
const longTag = "tag:yaml.org,2002:";

/**
 * YAML as Go's `yaml.v3` reads it: `yes` is text, `010` octal, `~` null, `<<` merges, a time is text; a map with keys that are not
 * text is nothing that the language can look into. The first document only.
 */
export function parseYaml(text: string): Value {
  const [document] = parseAllDocuments(text, { schema: "failsafe", uniqueKeys: true, logLevel: "silent" });
  if (!document || !("contents" in document)) return null;
  // What follows the first document is not looked at.
  const end = document.contents?.range?.[1] ?? Number.POSITIVE_INFINITY;
  const error = document.errors.find(({ pos, code }) => pos[0] < end || code === "RESOURCE_EXHAUSTION");
  if (error?.code === "RESOURCE_EXHAUSTION") throw new Mismatch("yaml: exceeded max depth");
  if (error) throw new Mismatch(`yaml: ${error.message.split("\n")[0] ?? ""}`);
  return new Reader((alias) => (isAlias(alias) ? alias.resolve(document as never) : undefined)).valueAt(
    document.contents as Node | null,
    0,
  );
}

class Reader {
  private left = maxNodes;
  /** Anchors that are being read: what holds itself would never end. */
  private readonly open = new Set<Node>();
  private readonly resolve: (alias: Node) => Node | undefined;

  constructor(resolve: (alias: Node) => Node | undefined) {
    this.resolve = resolve;
  }

  valueAt(node: Node | null | undefined, depth: number): Value {
    if (this.left-- <= 0) throw new Mismatch("yaml: document contains excessive aliasing");
    if (depth > maxDepth) throw new Mismatch("yaml: exceeded max depth");
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.aliased(node, depth);
    if (isScalar(node)) return resolved(node)[1];
    if (isSeq(node)) return node.items.map((item) => this.valueAt(item as Node, depth + 1));
    return isMap(node) ? this.mapValue(node, depth + 1) : null;
  }

  private aliased(alias: Node & { readonly source: string }, depth: number): Value {
    const target = this.resolve(alias);
    if (!target) throw new Mismatch(`yaml: unknown anchor '${alias.source}' referenced`);
    if (this.open.has(target)) throw new Mismatch(`yaml: anchor '${alias.source}' value contains itself`);
    this.open.add(target);
    const value = this.valueAt(target, depth + 1);
    this.open.delete(target);
    return value;
  }

  private mapValue(node: YAMLMap, depth: number): Value {
    const fields = new Map<string, Value>();
    const merged: Value[] = [];
    let isObject = true;
    for (const { key, value } of node.items) {
      if (isScalar(key) && resolved(key)[0] === "!!merge") merged.push(this.valueAt(value as Node, depth));
      else {
        const name = this.valueAt(key as Node, depth);
        if (typeof name === "string") fields.set(name, this.valueAt(value as Node, depth));
        else {
          isObject = false;
          this.valueAt(value as Node, depth);
        }
      }
    }
    for (const each of merged.flatMap(mapsIn))
      for (const [name, value] of each) if (!fields.has(name)) fields.set(name, value);
    return isObject ? fields : { kind: "capsule", type: "map[interface {}]interface {}", content: {} };
  }
}

function mapsIn(value: Value): readonly ReadonlyMap<string, Value>[] {
  const maps = Array.isArray(value) ? value : [value];
  for (const each of maps)
    if (!(each instanceof Map)) throw new Mismatch("yaml: map merge requires map or sequence of maps as the value");
  return maps;
}

function resolved({ source, value, type, tag }: Scalar) {
  const given = tag === undefined || tag === "!" ? "" : tag;
  return resolveYamlScalar({
    text: source ?? (typeof value === "string" ? value : ""),
    tag: given.startsWith(longTag) ? `!!${given.slice(longTag.length)}` : given,
    isPlain: type === "PLAIN",
  });
}
