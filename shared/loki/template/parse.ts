import { lex, type Piece, type Token } from "./lex.ts";
import {
  type Command,
  type Operand,
  type Pipe,
  TemplateError,
  type TemplateFunction,
  type TemplateNode,
} from "./nodes.ts";

const unsupported = ["define", "template", "block"];
const branches = ["if", "with", "range"] as const;
type BranchKind = (typeof branches)[number];
const maxDepth = 100;

/**
 * Parses a template of Go with `functions`. What is not supported (`define`, `template`, `block`) is refused here, never
 * ignored. Throws a `TemplateError`.
 */
export function parseTemplate(
  source: string,
  functions: ReadonlyMap<string, TemplateFunction>,
): readonly TemplateNode[] {
  return new Parser(lex(source), functions).template();
}

class Parser {
  private readonly pieces: readonly Piece[];
  private readonly functions: ReadonlyMap<string, TemplateFunction>;
  /** Of the block that is read, and of those around it. */
  private variables: ReadonlySet<string> = new Set(["$"]);
  private at = 0;
  private line = 1;
  private depth = 0;
  private ranges = 0;

  constructor(pieces: readonly Piece[], functions: ReadonlyMap<string, TemplateFunction>) {
    this.pieces = pieces;
    this.functions = functions;
  }

  template(): readonly TemplateNode[] {
    const { nodes, ended } = this.list();
    if (ended) throw this.error(`unexpected {{${ended.word}}}`);
    return nodes;
  }

  /** Nodes up to `end` or `else`, or to the end of the template. */
  private list(): { nodes: TemplateNode[]; ended?: { word: string; rest: Token[] } } {
    const nodes: TemplateNode[] = [];
    for (let piece = this.pieces[this.at]; piece; piece = this.pieces[this.at]) {
      this.at += 1;
      if (piece.kind === "text") {
        nodes.push(piece);
        continue;
      }
      this.line = piece.line;
      const tokens = trim(piece.tokens);
      const [first, ...rest] = tokens;
      const word = first?.kind === "word" ? first.text : "";
      if (word === "end" || word === "else") return { nodes, ended: { word, rest: trim(rest) } };
      if (unsupported.includes(word)) throw this.error(`{{${word}}} is not supported here`);
      const branch = branches.find((each) => each === word);
      if (word === "break" || word === "continue") nodes.push(this.leave(word, trim(rest)));
      else nodes.push(branch === undefined ? this.output(tokens) : this.branch(branch, trim(rest)));
    }
    return { nodes };
  }

  private leave(kind: "break" | "continue", rest: readonly Token[]): TemplateNode {
    if (rest.length > 0) throw this.error(`unexpected token in {{${kind}}}`);
    if (this.ranges === 0) throw this.error(`{{${kind}}} outside {{range}}`);
    return { kind };
  }

  private branch(kind: BranchKind, condition: Token[]): TemplateNode {
    this.depth += 1;
    if (this.depth > maxDepth) throw this.error(`more than ${maxDepth} levels`);
    const outer = this.variables;
    const { names, isNew, rest } = this.declared(condition, kind);
    const pipe = this.pipe(rest, kind);
    if (isNew) this.variables = new Set([...outer, ...names]);
    if (kind === "range") this.ranges += 1;
    const { nodes, ended } = this.list();
    if (kind === "range") this.ranges -= 1;
    if (!ended) throw this.error("unexpected EOF");
    const otherwise = ended.word === "else" ? this.otherwise(kind, ended.rest) : [];
    this.variables = outer;
    this.depth -= 1;
    return { kind, names, isNew, pipe, body: nodes, otherwise };
  }

  private otherwise(kind: BranchKind, rest: Token[]): readonly TemplateNode[] {
    const [first, ...condition] = rest;
    if (first !== undefined) {
      if (kind === "range" || first.kind !== "word" || first.text !== kind) {
        throw this.error("unexpected token in else");
      }
      return [this.branch(kind, trim(condition))];
    }
    const { nodes, ended } = this.list();
    if (!ended) throw this.error("unexpected EOF");
    if (ended.word === "else") throw this.error("expected end; found {{else}}");
    return nodes;
  }

  /** `$x := pipe` and, of a range, `$key, $value := pipe`: the variables, and the pipe behind them. */
  private declared(tokens: Token[], kind: BranchKind | "command") {
    const [name, ...marks] = tokens.filter((token) => token.kind !== "space");
    const [second, third, fourth] = marks;
    const isTwo = kind === "range" && second?.kind === "mark" && second.text === "," && third?.kind === "variable";
    const mark = isTwo ? fourth : second;
    if (name?.kind !== "variable" || mark?.kind !== "mark" || (mark.text !== ":=" && mark.text !== "=")) {
      return { names: [], isNew: false, rest: tokens };
    }
    const names = isTwo ? [name.text, third.text] : [name.text];
    const isNew = mark.text === ":=";
    if (!isNew) for (const each of names) this.known(each);
    return { names, isNew, rest: trim(tokens.slice(tokens.indexOf(mark) + 1)) };
  }

  private output(tokens: Token[]): TemplateNode {
    const { names, isNew, rest } = this.declared(tokens, "command");
    const [name] = names;
    if (name === undefined) return { kind: "print", pipe: this.pipe(tokens, "command") };
    const pipe = this.pipe(rest, "command");
    if (isNew) this.variables = new Set([...this.variables, name]);
    return { kind: "set", name, isNew, pipe };
  }

  private pipe(tokens: Token[], context: string): Pipe {
    const commands: Token[][] = [[]];
    let depth = 0;
    for (const token of tokens) {
      if (token.kind === "mark" && token.text === "(") depth += 1;
      if (token.kind === "mark" && token.text === ")") depth -= 1;
      if (depth < 0) throw this.error('unexpected ")" in operand');
      if (token.kind === "mark" && token.text === "|" && depth === 0) commands.push([]);
      else commands.at(-1)?.push(token);
    }
    if (depth > 0) throw this.error("unclosed left paren");
    return commands.map((each, index) => {
      if (trim(each).length === 0) throw this.error(`missing value for ${context}`);
      return this.command(this.operands(trim(each)), index > 0);
    });
  }

  private command(operands: readonly Operand[], isLater: boolean): Command {
    const [first, ...args] = operands;
    if (first === undefined) throw this.error("missing value for command");
    if (first.kind === "function") return { kind: "call", name: "", call: first.call, args };
    if (args.length > 0) throw this.error("can't give argument to non-function");
    if (isLater) throw this.error("non executable command in pipeline stage 2");
    return { kind: "operand", operand: first };
  }

  private operands(tokens: readonly Token[]): Operand[] {
    const operands: Operand[] = [];
    for (let at = 0; at < tokens.length; ) {
      const token = tokens[at];
      if (token === undefined || token.kind === "space") {
        at += 1;
        continue;
      }
      let end = at + 1;
      if (token.kind === "mark" && token.text === "(") end = closing(tokens, at) + 1;
      const inside = tokens.slice(at + 1, end - 1);
      const fields: string[] = token.kind === "field" ? [token.text] : [];
      for (let next = tokens[end]; next?.kind === "field"; next = tokens[end]) {
        fields.push(next.text);
        end += 1;
      }
      operands.push(this.operand(token, inside, fields));
      at = end;
    }
    return operands;
  }

  private operand(token: Token, inside: readonly Token[], fields: readonly string[]): Operand {
    switch (token.kind) {
      case "literal":
        return { kind: "literal", value: token.value };
      case "field":
        return { kind: "dot", fields };
      case "variable":
        this.known(token.text);
        return { kind: "variable", name: token.text, fields };
      case "word":
        if (fields.length > 0)
          throw this.error(`fields of what ${token.text} gives are not supported here without parentheses`);
        return this.function(token.text);
      case "mark":
        if (token.text === ".") return { kind: "dot", fields };
        if (token.text === "(")
          return { kind: "pipe", pipe: this.pipe(trim(inside), "parenthesized pipeline"), fields };
    }
    throw this.error(`unexpected ${"text" in token ? JSON.stringify(token.text) : "blank"} in operand`);
  }

  private function(name: string): Operand {
    if (name === "nil") throw this.error("nil is not a command");
    const call = this.functions.get(name);
    if (call === undefined) throw this.error(`function ${JSON.stringify(name)} not defined`);
    return { kind: "function", call };
  }

  private known(variable: string): void {
    if (!this.variables.has(variable)) throw this.error(`undefined variable ${JSON.stringify(variable)}`);
  }

  private error(reason: string): TemplateError {
    return new TemplateError(`template: pipeline_template:${this.line}: ${reason}`);
  }
}

function trim(tokens: readonly Token[]): Token[] {
  const start = tokens.findIndex(({ kind }) => kind !== "space");
  const end = tokens.findLastIndex(({ kind }) => kind !== "space");
  return start < 0 ? [] : tokens.slice(start, end + 1);
}

/** Where the parenthesis at `open` closes; `pipe` has counted them. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind !== "mark") continue;
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}
