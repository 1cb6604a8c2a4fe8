import { decodeBody } from "../../shared/alloy/decode-body.ts";
import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import type { Scope } from "../../shared/alloy/evaluate.ts";
import { evaluateOutcome } from "../../shared/alloy/evaluate-outcome.ts";
import { isArray, isObject, typeOf, type Value } from "../../shared/alloy/value.ts";
import type { GraphLoad } from "./graph-load.ts";
import { findDeclared, type Placed } from "./module-scope.ts";
import { foreachTable } from "./module-tables.ts";
import { aboutBlock, aboutExtent, aboutName, type PlannedNode } from "./node.ts";
import type { Plan } from "./plan.ts";

interface LoadContext {
  readonly plan: Plan;
  readonly load: GraphLoad;
  readonly scope: Scope;
}

/** What the graph of a module is loaded from: the body that was declared, and the attributes that the block gives it. */
export function moduleLoad(node: PlannedNode, { plan, load, scope }: LoadContext): GraphLoad | Diagnostic {
  const { block, source } = node;
  const declared = findDeclared(plan.scope, block.name);
  if (!declared) return aboutName(node, `cannot find the definition of component name ${JSON.stringify(block.name)}`);
  const args = new Map<string, Value>();
  for (const statement of block.body) {
    if (statement.kind === "block") return aboutExtent(source, statement, "nested blocks not supported here");
    const outcome = evaluateOutcome(statement.value, { source, scope });
    if (outcome.kind === "invalid") return outcome.diagnostic;
    args.set(statement.name, outcome.value);
  }
  const known = declared.block.body.flatMap((each) =>
    each.kind === "block" && each.name === "argument" ? [each.label] : [],
  );
  const unknown = [...args.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const statement = block.body.find((each) => each.kind === "attribute" && each.name === unknown) ?? block;
    return aboutExtent(source, statement, `Provided argument ${JSON.stringify(unknown)} is not defined in the module`);
  }
  return {
    statements: placed(declared.block.body, declared.source),
    parent: declared.scope,
    path: declared.path,
    args,
    variables: new Map([...outerVariables(load), ["module_path", declared.path]]),
  };
}

/** What the graphs of a `foreach` are loaded from: its template, once for each element of the collection. */
export function foreachLoads(
  node: PlannedNode,
  { plan, load, scope }: LoadContext,
): ReadonlyMap<string, GraphLoad> | Diagnostic {
  const { block, source } = node;
  const templates = block.body.filter((each) => each.kind === "block");
  const [template, second] = templates;
  if (template?.kind !== "block" || template.name !== "template") {
    return aboutBlock(node, 'Failed to evaluate node for config block: missing required block "template"');
  }
  if (second) return aboutExtent(source, second, `unrecognized block name ${JSON.stringify(nameOf(second))}`);
  const attributes = block.body.filter((each) => each.kind === "attribute");
  const decoded = decodeBody(attributes, foreachTable, { source, scope });
  if (decoded.kind === "invalid") {
    const words = `Failed to evaluate node for config block: decoding configuration: ${decoded.diagnostic.message}`;
    return decoded.diagnostic.start ? decoded.diagnostic : aboutBlock(node, words);
  }
  const { collection, var: name } = decoded.args;
  const elements = isArray(collection) ? collection : isObject(collection) ? [...collection.values()] : undefined;
  if (!elements) return aboutBlock(node, `the collection of a foreach must be a list, got ${typeOf(collection)}`);
  const load1 = (element: Value): GraphLoad => ({
    statements: placed(template.body, source),
    parent: plan.scope,
    ...(load.path === undefined ? {} : { path: load.path }),
    args: new Map(),
    variables: new Map([...scope.variables, [name, element]]),
  });
  return new Map(elements.map((element, index) => [`foreach_${index + 1}`, load1(element)]));
}

function outerVariables({ variables }: GraphLoad): readonly [string, Value][] {
  return [...variables].filter(([name]) => name === "module_path");
}

function placed(body: readonly Placed["statement"][], source: Placed["source"]): readonly Placed[] {
  return body.map((statement) => ({ statement, source }));
}

function nameOf(statement: Placed["statement"]): string {
  return statement.name;
}
