import type { Expression, Statement } from "../../shared/alloy/ast.ts";
import { literalValue } from "../../shared/alloy/literal.ts";
import type { ConditionNode, StatementNode } from "../../shared/ottl/ast.ts";
import { attempt } from "../../shared/ottl/failure.ts";
import { parseCondition, parseStatement } from "../../shared/ottl/parser.ts";
import { mentionsOf } from "../../shared/ottl/walk-node.ts";
import { type Judged, judgePattern } from "../../shared/re2/judge.ts";
import type { ReadNode } from "./read-pipeline.ts";

/** The OTTL of a pipeline: every text in it that can be read as such, whatever it stands for. */
export interface ReadOttl {
  readonly statements: ReadonlyMap<string, StatementNode>;
  readonly conditions: ReadonlyMap<string, ConditionNode>;
  /** Names of converters and editors that are used in it. */
  readonly functions: ReadonlySet<string>;
  /** What is known of the texts in it that may be patterns. */
  readonly patterns: ReadonlyMap<string, Judged>;
}

/** Reads all texts of the components. One that is put together at a start is not among them. */
export function readOttl(nodes: readonly Pick<ReadNode, "block">[]): ReadOttl {
  const texts = new Set(nodes.flatMap(({ block }) => textsOf(block.body)));
  const statements = read(texts, parseStatement);
  const conditions = read(texts, parseCondition);
  const { functions, enums } = mentionsOf([...statements.values()], [...conditions.values()]);
  // A converter that is passed by its name looks like an enum when all of it is upper case.
  const used = new Set([...functions, ...enums]);
  const patterns = new Set(literalsIn([...statements.values(), ...conditions.values()]).filter(mayBePattern));
  const judged = new Map([...patterns].map((text) => [text, judgePattern(text)]));
  return { statements, conditions, functions: used, patterns: judged };
}

function read<Node>(texts: Iterable<string>, parse: (text: string) => Node): ReadonlyMap<string, Node> {
  return new Map(
    [...texts].flatMap((text) => {
      const parsed = attempt(() => parse(text));
      return "value" in parsed ? [[text, parsed.value] as const] : [];
    }),
  );
}

/** The texts that stand in a tree of OTTL. */
function literalsIn(tree: unknown): readonly string[] {
  if (typeof tree !== "object" || tree === null) return [];
  if ("kind" in tree && tree.kind === "string" && "value" in tree) return [String(tree.value)];
  return Object.values(tree).flatMap(literalsIn);
}

/** Words and dotted names are keys and values. */
function mayBePattern(text: string): boolean {
  return text.length <= 1000 && /[^\w. -]/.test(text);
}

function textsOf(body: readonly Statement[]): readonly string[] {
  return body.flatMap((statement) => (statement.kind === "block" ? textsOf(statement.body) : textsIn(statement.value)));
}

function textsIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case "literal": {
      const value = literalValue(expression);
      return typeof value === "string" ? [value] : [];
    }
    case "array":
      return expression.elements.flatMap(textsIn);
    case "object":
      return expression.fields.flatMap(({ value }) => textsIn(value));
    case "paren":
      return textsIn(expression.inner);
    default:
      return [];
  }
}
