import { type Block, defaultsOf, type Field, type Table } from "./arguments.ts";
import type { AttributeStatement, BlockStatement, Statement } from "./ast.ts";
import { equalArguments } from "./equal-arguments.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { decodeAttribute } from "./struct-type.ts";
import { suggestField } from "./suggest.ts";
import type { Value } from "./value.ts";

/** Evaluates what is written for an attribute and hands it to `decode`; whatever that throws is about what is written. */
export type ReadValue<Written> = (written: Written, decode: (value: Value) => unknown) => unknown;

/** Decodes the statements of a body into the arguments of a table. Throws an `EvaluationError`. */
export function decodeStatements<Written, Args>(
  body: readonly Statement<Written>[],
  table: Table<Args>,
  read: ReadValue<Written>,
): Args {
  const args: Record<string, unknown> = { ...(defaultsOf(table) as object) };
  const seen = new Set<string>();
  for (const statement of body) {
    if (statement.kind === "attribute") {
      args[statement.name] = decodeOne(statement, { table, seen, read });
      continue;
    }
    const { name, field, of } = blockOf(statement, table);
    if (field.kind === "block" && count(body, name) > 1) throw onlyOnce(name, body);
    const decoded = decodeBlock(statement, { field, of, read });
    if (field.kind === "block") args[name] = decoded;
    else
      args[name] = [...(seen.has(name) ? (args[name] as readonly unknown[]) : []), memberOf(statement, field, decoded)];
    seen.add(name);
  }
  for (const [name, { required, kind }] of Object.entries(table.fields)) {
    if (!required || seen.has(name)) continue;
    throw new EvaluationError(
      `missing required ${kind === "attribute" ? "attribute" : "block"} ${JSON.stringify(name)}`,
    );
  }
  const completed = table.complete?.(args as Args) ?? (args as Args);
  const problem = table.validate?.(completed);
  if (problem !== undefined) throw new EvaluationError(problem);
  return completed;
}

function decodeOne<Written>(
  statement: AttributeStatement<Written>,
  { table, seen, read }: { readonly table: Table; readonly seen: Set<string>; readonly read: ReadValue<Written> },
): unknown {
  const { name, value } = statement;
  if (seen.has(name))
    throw new EvaluationError(`attribute ${JSON.stringify(name)} may only be provided once`, statement);
  const field = fieldOf(table, name);
  if (!field) {
    const hint = suggestField(name, table);
    throw new EvaluationError(`unrecognized attribute name ${JSON.stringify(name)}`, statement, { hint });
  }
  if (field.kind !== "attribute") {
    throw new EvaluationError(`${JSON.stringify(name)} must be a block, but is used as an attribute`, statement);
  }
  seen.add(name);
  return read(value, (evaluated) => decodeAttribute(name, field, evaluated));
}

/** The field that a block belongs to, and the table of its body. */
function blockOf(statement: BlockStatement<unknown>, table: Table): { name: string; field: Block<unknown>; of: Table } {
  const { name } = statement;
  const field = fieldOf(table, name);
  if (field?.kind === "attribute") {
    throw new EvaluationError(`${JSON.stringify(name)} must be an attribute, but is used as a block`, statement);
  }
  if (field && field.kind !== "family") {
    const of = field.tables[""];
    if (of) return { name, field, of };
  }
  const dot = name.indexOf(".");
  const owner = dot < 0 ? undefined : fieldOf(table, name.slice(0, dot));
  const member = name.slice(dot + 1);
  const of = owner?.kind === "family" && Object.hasOwn(owner.tables, member) ? owner.tables[member] : undefined;
  if (owner?.kind === "family" && of) return { name: name.slice(0, dot), field: owner, of };
  const hint = suggestField(name, table);
  throw new EvaluationError(`unrecognized block name ${JSON.stringify(name)}`, statement, { hint });
}

function decodeBlock<Written>(
  statement: BlockStatement<Written>,
  { field, of, read }: { readonly field: Block<unknown>; readonly of: Table; readonly read: ReadValue<Written> },
): unknown {
  const { name, label, start, open, body } = statement;
  const quoted = JSON.stringify(name);
  if (label === "" && field.labelled) {
    throw new EvaluationError(`block ${quoted} requires non-empty label`, { start, end: open });
  }
  if (label !== "" && !field.labelled) {
    throw new EvaluationError(`block ${quoted} does not support specifying labels`, { start, end: open });
  }
  const decoded = decodeStatements(body, of, read);
  if (field.unsupported !== undefined && !equalArguments(decoded, defaultsOf(of))) {
    throw new EvaluationError(`block ${quoted} is not supported: ${field.unsupported}`, statement);
  }
  return field.labelled ? { ...(decoded as object), label } : decoded;
}

function memberOf({ name }: BlockStatement<unknown>, field: Block<unknown>, decoded: unknown): unknown {
  return field.kind === "family" ? { member: name.slice(name.indexOf(".") + 1), args: decoded } : decoded;
}

function fieldOf(table: Table, name: string): Field<unknown> | undefined {
  return Object.hasOwn(table.fields, name) ? table.fields[name] : undefined;
}

function count(body: readonly Statement<unknown>[], name: string): number {
  return body.filter((each) => each.kind === "block" && each.name === name).length;
}

function onlyOnce(name: string, body: readonly Statement<unknown>[]): EvaluationError {
  const first = body.find((each) => each.kind === "block" && each.name === name);
  return new EvaluationError(`block ${JSON.stringify(name)} may only be specified once`, first);
}
