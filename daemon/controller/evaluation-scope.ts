import type { Scope } from "../../shared/alloy/evaluate.ts";
import type { ObjectValue, Value } from "../../shared/alloy/value.ts";

/** The names that a node's expressions see: what it depends on, under the parts of its id, beside `variables` and the library. */
export function evaluationScope(
  dependencies: readonly string[],
  context: {
    readonly exports: ReadonlyMap<string, Value>;
    /** What the node is given of an export. */
    given(value: Value): Value;
    readonly variables: ReadonlyMap<string, Value>;
    readonly library: ObjectValue;
  },
): Scope {
  const variables = new Map<string, Value>(context.variables);
  for (const id of dependencies) {
    const value = context.exports.get(id);
    if (value !== undefined) place(variables, id.split("."), context.given(value));
  }
  return { variables, library: context.library };
}

function place(into: Map<string, Value>, path: readonly string[], value: Value): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    into.set(name, value);
    return;
  }
  const inner = into.get(name);
  const copy = new Map<string, Value>(inner instanceof Map ? inner : []);
  place(copy, rest, value);
  into.set(name, copy);
}
