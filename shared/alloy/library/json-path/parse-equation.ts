import { parseFloat64 } from "../../../go-number.ts";
import { compileRe2 } from "../../../re2/re2.ts";
import { float, int, type Value } from "../../value.ts";
import { type Equation, group, type Operand, type Operation, operations, type Path } from "./path.ts";
import type { PathReader } from "./path-reader.ts";

type ParsePath = (reader: PathReader) => Path;

/** A node while the tree is turned into the right order. */
interface Node {
  operation?: Operation;
  operand?: Operand;
  left?: Node;
  right?: Node;
}

const maxDepth = 100;
const inOperation = /[!&*+\-/<=>ehi|~]/;

/** Reads the condition of a filter; `parsePath` reads the paths in it. Stands at the bracket behind it afterwards. */
export function parseEquation(reader: PathReader, parsePath: ParsePath): Equation {
  return withoutGroups(inOrder(new EquationParser(reader, parsePath).equation(0)), undefined);
}

/** Reads without regard for what binds tighter: the rest of the text is the right side. */
class EquationParser {
  private readonly reader: PathReader;
  private readonly parsePath: ParsePath;

  constructor(reader: PathReader, parsePath: ParsePath) {
    this.reader = reader;
    this.parsePath = parsePath;
  }

  equation(depth: number): Node {
    const { reader } = this;
    if (depth > maxDepth) throw reader.fail();
    let node = this.first(depth);
    while (!reader.ended) {
      if (["", ",", ")", "]"].includes(reader.peekBehindBlanks())) break;
      const operation = this.operation();
      node = { operation, left: node, right: this.equation(depth + 1) };
    }
    return node;
  }

  private first(depth: number): Node {
    const { reader } = this;
    const character = reader.peekBehindBlanks();
    switch (character) {
      case "!":
        reader.at++;
        return { operation: named(reader, "!"), left: this.equation(depth + 1) };
      case "'":
      case '"':
        reader.at++;
        return literal(reader.quoted(character));
      case "@":
      case "$":
        return { operand: { kind: "path", path: this.parsePath(reader) } };
      case "(": {
        reader.at++;
        const left = this.equation(depth + 1);
        this.expect(")");
        return { operation: group, left };
      }
      case "[":
        return literal(this.list(depth));
      case "/":
        reader.at++;
        return { operand: { kind: "pattern", pattern: this.pattern() } };
      case "N":
        if (!reader.text.startsWith("Nothing", reader.at)) throw reader.fail();
        reader.at += "Nothing".length;
        return { operand: { kind: "nothing" } };
    }
    return /[-0-9]/.test(character) ? literal(this.number()) : this.word(depth);
  }

  private word(depth: number): Node {
    const { reader } = this;
    const word = /[a-z]*/y;
    word.lastIndex = reader.at;
    const name = word.exec(reader.text)?.[0] ?? "";
    const known: ReadonlyMap<string, Value> = new Map<string, Value>([
      ["true", true],
      ["false", false],
      ["null", null],
    ]);
    if (!known.has(name) && !operations.has(name)) throw reader.fail();
    reader.at += name.length;
    if (known.has(name)) return literal(known.get(name) ?? null);
    if (reader.next() !== "(") throw reader.fail();
    const node: Node = { operation: named(reader, name), left: this.equation(depth + 1) };
    if (reader.peekBehindBlanks() === ",") {
      reader.at++;
      node.right = this.equation(depth + 1);
    }
    this.expect(")");
    return node;
  }

  private list(depth: number): readonly Value[] {
    const { reader } = this;
    const values: Value[] = [];
    reader.at++;
    for (;;) {
      const { operand } = this.equation(depth + 1);
      values.push(operand?.kind === "value" ? operand.value : null);
      const follows = reader.nextBehindBlanks();
      if (follows === "]") return values;
      if (follows !== ",") throw reader.fail();
    }
  }

  private number(): Value {
    const { reader } = this;
    const shape = /-?\d*(\.\d*)?([eE][+-]?\d*)?/y;
    shape.lastIndex = reader.at;
    const [text = "", point, power] = shape.exec(reader.text) ?? [];
    reader.at += text.length;
    if (point !== undefined || power !== undefined) return float(parseFloat64(text) ?? 0);
    if (!/\d/.test(text) || text.length > 19) throw reader.fail();
    return int(BigInt(text));
  }

  private pattern() {
    const { reader } = this;
    const start = reader.at;
    while (!reader.ended && reader.peek() !== "/") reader.at += reader.peek() === "\\" ? 2 : 1;
    const compiled = compileRe2(reader.text.slice(start, reader.at));
    reader.at++;
    if (compiled.kind !== "re2") throw reader.fail();
    return compiled.re2;
  }

  private operation(): Operation {
    const { reader } = this;
    let token = "";
    let character = reader.peekBehindBlanks();
    while (inOperation.test(character) || (token !== "" && begins(token + character))) {
      token += character;
      if (token !== "-" && character === "-") throw reader.fail();
      reader.at++;
      if (reader.ended) throw reader.fail();
      character = reader.peek();
    }
    return named(reader, token);
  }

  private expect(character: string): void {
    if (this.reader.peekBehindBlanks() !== character) throw this.reader.fail();
    this.reader.at++;
  }
}

function begins(start: string): boolean {
  return [...operations.keys()].some((name) => name.startsWith(start));
}

function named(reader: PathReader, name: string): Operation {
  const operation = operations.get(name);
  if (!operation) throw reader.fail();
  return operation;
}

function literal(value: Value): Node {
  return { operand: { kind: "value", value } };
}

/** Turns the tree so that what binds tighter is evaluated first, and equals from the left. */
function inOrder(node: Node): Node {
  if (!node.operation) return node;
  if (node.left) node.left = inOrder(node.left);
  const { right } = node;
  if (!right?.operation) return node;
  if (node.operation.binding <= right.operation.binding) {
    if (right.left) node.right = right.left;
    else delete node.right;
    right.left = node;
    return inOrder(right);
  }
  node.right = inOrder(right);
  const { operation } = node.right;
  return operation && node.operation.binding <= operation.binding ? inOrder(node) : node;
}

/** Parentheses matter afterwards only around a path, whose existence counts outside and whose value inside. */
function withoutGroups(node: Node, around: Operation | undefined): Node {
  if (!node.operation) return node;
  const inner = node.left?.operation;
  if (node.operation === group && node.left && (!around || (inner && inner.binding < around.binding)))
    return withoutGroups(node.left, around);
  if (node.left) node.left = withoutGroups(node.left, node.operation);
  if (node.right) node.right = withoutGroups(node.right, node.operation);
  return node;
}
