import { chainAt, targetOf } from "../../daemon/controller/references.ts";
import type { Expression } from "../../shared/alloy/ast.ts";
import { evaluate } from "../../shared/alloy/evaluate.ts";
import { writeValue } from "./write-value.ts";

export interface ExpressionContext {
  /** Ids of the components of the file. */
  readonly ids: ReadonlySet<string>;
  /** What the component that the expression belongs to depends on. */
  readonly dependencies: readonly string[];
}

const nothing = { variables: new Map(), library: new Map() };

/** An expression of a pipeline as a function of what is known at a start: `(known) => known.env("KEY")`. */
export function writeExpression(expression: Expression, context: ExpressionContext): string {
  if (isConstant(expression)) return `() => (${writeValue(evaluate(expression, nothing))})`;
  const written = write(expression, context);
  return written === undefined
    ? `(known) => evaluate(${writeValue(expression)}, known.scope(${writeValue(context.dependencies)}, createLibrary))`
    : `(known) => ${written}`;
}

/** In terms of what is known alone; undefined for what the language must evaluate. */
function write(expression: Expression, context: ExpressionContext): string | undefined {
  if (isConstant(expression)) return writeValue(evaluate(expression, nothing));
  switch (expression.kind) {
    case "paren":
      return write(expression.inner, context);
    case "array":
      return all(expression.elements, context, (parts) => `[${parts.join(", ")}]`);
    case "object": {
      const names = expression.fields.map(({ name }) => JSON.stringify(name));
      const values = expression.fields.map(({ value }) => value);
      return all(
        values,
        context,
        (parts) => `new Map([${parts.map((part, at) => `[${names[at]}, ${part}]`).join(", ")}])`,
      );
    }
    case "access":
      return exported(expression, context);
    case "call":
      return variable(expression, context);
    default:
      return undefined;
  }
}

function all(
  expressions: readonly Expression[],
  context: ExpressionContext,
  join: (parts: readonly string[]) => string,
): string | undefined {
  const parts = expressions.map((each) => write(each, context));
  return parts.every((part) => part !== undefined) ? join(parts) : undefined;
}

/** `otelcol.auth.basic.x.handler`. */
function exported(expression: Expression, { ids }: ExpressionContext): string | undefined {
  const names = chainAt(expression)?.names ?? [];
  const name = names.at(-1) ?? "";
  const id = targetOf(names, ids);
  if (id === undefined || `${id}.${name}` !== names.join(".")) return undefined;
  return `known.exported(${JSON.stringify(id)}, ${JSON.stringify(name)})`;
}

/** `sys.env("NAME")`. */
function variable(
  { value, args }: Extract<Expression, { kind: "call" }>,
  { ids }: ExpressionContext,
): string | undefined {
  const names = chainAt(value)?.names ?? [];
  const [name] = args;
  if (!["sys.env", "env"].includes(names.join(".")) || targetOf(names, ids) !== undefined) return undefined;
  if (!name || args.length !== 1 || !isConstant(name)) return undefined;
  const text = evaluate(name, nothing);
  return typeof text === "string" ? `known.env(${JSON.stringify(text)})` : undefined;
}

/** Whether it is the same at every start: it is made of literals. */
function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case "literal":
      return true;
    case "paren":
      return isConstant(expression.inner);
    case "array":
      return expression.elements.every(isConstant);
    case "object":
      return expression.fields.every(({ value }) => isConstant(value));
    default:
      return false;
  }
}
