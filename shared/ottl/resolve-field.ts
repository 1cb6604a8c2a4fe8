import type { PathNode, ValueNode } from "./ast.ts";
import { type Context, contexts } from "./contexts.ts";
import { OttlError } from "./failure.ts";
import type { Field } from "./paths/field.ts";
import { cacheField } from "./target.ts";

/** What a path names in a context, and the keys behind it. Throws `OttlError`. */
export function resolveField(
  node: PathNode,
  { context, needsPrefix }: { readonly context: Context; readonly needsPrefix: boolean },
): { readonly field: Field; readonly keys: readonly ValueNode[] } {
  const { prefix, segments } = splitPrefix(node, context);
  if (prefix === undefined && needsPrefix) {
    const options = Object.keys(context.paths).map((name) => `"${name}.${node.text}"`);
    throw new OttlError(
      `missing context name for path "${node.text}", possibly valid options are: ${options.join(", ")}`,
    );
  }
  const owner = prefix ?? context.name;
  const name = segments.map((segment) => segment.name).join(".");
  const keys = segments.at(-1)?.keys ?? [];
  const field = name === "cache" ? cacheOf(context, { owner, text: node.text }) : fieldOf(context, { owner, name });
  if (!field) throw unknownField(node, { owner, name: segments.at(-1)?.name ?? "" });
  const keyed = segments.slice(0, -1).find((segment) => segment.keys.length > 0);
  if (keyed || (keys.length > 0 && field.keys === undefined)) {
    throw new OttlError(
      `the keys indexing "${keyed?.name ?? name}" were not used by the context: ${node.text} does not support indexing`,
    );
  }
  return { field, keys };
}

function splitPrefix(node: PathNode, context: Context): { prefix?: string; segments: PathNode["segments"] } {
  const [first, ...rest] = node.segments;
  const isPrefix = first && rest.length > 0 && first.keys.length === 0 && Object.hasOwn(context.paths, first.name);
  return isPrefix ? { prefix: first.name, segments: rest } : { segments: node.segments };
}

function cacheOf(context: Context, { owner, text }: { owner: string; text: string }): Field {
  if (context.paths[owner] === context.paths[context.name]) return cacheField;
  const own = text.replace(owner, context.name);
  throw new OttlError(
    `access to cache must be performed using the same context, please replace "${text}" with "${own}"`,
  );
}

function unknownField(node: PathNode, { owner, name }: { owner: string; name: string }): OttlError {
  const first = node.segments[0]?.name ?? "";
  const other =
    Object.hasOwn(contexts, first) && first !== owner ? `: ${first} is not visible from the ${owner} context` : "";
  return new OttlError(
    `segment "${name}" from path "${node.text}" is not a valid path for the ${owner} context${other}`,
  );
}

function fieldOf(context: Context, { owner, name }: { owner: string; name: string }): Field | undefined {
  const table = Object.hasOwn(context.paths, owner) ? context.paths[owner] : undefined;
  return table && Object.hasOwn(table, name) ? table[name] : undefined;
}
