import type { Expression, Extent, Statement } from "../../shared/alloy/ast.ts";

/** An uninterrupted chain of names in an expression, `a.b.c`; indexes and calls end it. */
export interface Chain extends Extent {
  readonly names: readonly string[];
}

/** Every chain of names in the expressions of a body, in the order of the source. */
export function chainsOf(body: readonly Statement[]): readonly Chain[] {
  const found: Chain[] = [];
  for (const statement of body) {
    if (statement.kind === "block") found.push(...chainsOf(statement.body));
    else walk(statement.value, found);
  }
  return found;
}

function walk(expression: Expression, found: Chain[]): void {
  const chain = chainAt(expression);
  if (chain) {
    found.push(chain);
    return;
  }
  for (const part of partsOf(expression)) walk(part, found);
}

/** The chain of names that an expression is; undefined where it is something else. */
export function chainAt(expression: Expression): Chain | undefined {
  const { start, end } = expression;
  if (expression.kind === "identifier") return { names: [expression.name], start, end };
  if (expression.kind !== "access") return undefined;
  const before = chainAt(expression.value);
  return before && { names: [...before.names, expression.name], start: before.start, end };
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "identifier":
      return [];
    case "array":
      return expression.elements;
    case "object":
      return expression.fields.map(({ value }) => value);
    case "access":
    case "unary":
      return [expression.value];
    case "index":
      return [expression.value, expression.index];
    case "call":
      return [expression.value, ...expression.args];
    case "binary":
      return [expression.left, expression.right];
    case "paren":
      return [expression.inner];
  }
}

/** The shortest beginning of a chain that names a node of `ids`. */
export function targetOf(names: readonly string[], ids: { has(id: string): boolean }): string | undefined {
  let id = "";
  for (const name of names) {
    id = id === "" ? name : `${id}.${name}`;
    if (ids.has(id)) return id;
  }
  return undefined;
}
