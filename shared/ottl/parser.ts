import type { CallNode, Comparator, ConditionNode, StatementNode } from "./ast.ts";
import { OttlError } from "./failure.ts";
import { parseCall, parseValue } from "./parse-value.ts";
import { isEditorName, TokenReader } from "./token-reader.ts";

/** Reads `editor(arguments) [where condition]`. Throws `OttlError`. */
export function parseStatement(text: string): StatementNode {
  const reader = new TokenReader(text, "statement");
  const word = reader.peek();
  if (word.kind !== "word") throw reader.unexpected();
  if (!isEditorName(word.text))
    throw new OttlError(`editor names must start with a lowercase letter but got '${word.text}'`);
  reader.take();
  const editor = parseCall(reader, word.text);
  if (editor.keys.length > 0)
    throw new OttlError(`only paths and converters may be indexed, not editors, but got ${word.text}`);
  const where = reader.takeWord("where") ? parseOr(reader) : undefined;
  reader.expectEnd();
  return { text, editor, ...(where && { where }) };
}

/** Reads a condition on its own. Throws `OttlError`. */
export function parseCondition(text: string): ConditionNode {
  const reader = new TokenReader(text, "condition");
  const condition = parseOr(reader);
  reader.expectEnd();
  return condition;
}

function parseOr(reader: TokenReader): ConditionNode {
  const terms = [parseAnd(reader)];
  while (reader.takeWord("or")) terms.push(parseAnd(reader));
  return terms.length === 1 ? (terms[0] as ConditionNode) : { kind: "or", terms };
}

function parseAnd(reader: TokenReader): ConditionNode {
  const terms = [parseUnit(reader)];
  while (reader.takeWord("and")) terms.push(parseUnit(reader));
  return terms.length === 1 ? (terms[0] as ConditionNode) : { kind: "and", terms };
}

function parseUnit(reader: TokenReader): ConditionNode {
  return reader.takeWord("not") ? { kind: "not", term: parseTerm(reader) } : parseTerm(reader);
}

/** A comparison where there is one; a parenthesis may begin a value or a condition, so both are tried. */
function parseTerm(reader: TokenReader): ConditionNode {
  const start = reader.position;
  let problem: OttlError;
  try {
    const left = parseValue(reader);
    const operator = reader.peek();
    if (operator.kind === "comparison") {
      reader.take();
      return { kind: "compare", comparator: operator.text as Comparator, left, right: parseValue(reader) };
    }
    if (left.kind === "bool") return { kind: "bool", value: left.value };
    if (left.kind === "call") return { kind: "call", call: left satisfies CallNode };
    problem = reader.unexpected("a comparison");
  } catch (error) {
    if (!(error instanceof OttlError)) throw error;
    problem = error;
  }
  reader.position = start;
  if (!reader.takeSign("(")) throw problem;
  return reader.nested(() => {
    const condition = parseOr(reader);
    reader.expectSign(")");
    return condition;
  });
}
