import { OttlError } from "../failure.ts";

export type Axis =
  | "child"
  | "descendant"
  | "descendant-or-self"
  | "self"
  | "parent"
  | "ancestor"
  | "ancestor-or-self"
  | "following-sibling"
  | "preceding-sibling"
  | "attribute";

/** What a step takes of its axis: nodes of a name ("*" for any), or of a kind. */
export type NodeTest =
  | { readonly kind: "name"; readonly prefix: string; readonly local: string }
  | { readonly kind: "node" }
  | { readonly kind: "text" }
  | { readonly kind: "comment" };

export interface Step {
  readonly axis: Axis;
  readonly test: NodeTest;
  readonly predicates: readonly XPath[];
}

/** An expression of XPath 1.0. */
export type XPath =
  | { readonly kind: "path"; readonly isAbsolute: boolean; readonly steps: readonly Step[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "binary"; readonly operator: string; readonly left: XPath; readonly right: XPath }
  | { readonly kind: "negate"; readonly value: XPath }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly XPath[] };

const axes: readonly string[] = [
  "child",
  "descendant",
  "descendant-or-self",
  "self",
  "parent",
  "ancestor",
  "ancestor-or-self",
  "following-sibling",
  "preceding-sibling",
  "attribute",
];
const kinds = ["node", "text", "comment"] as const;
/** The functions that are known, with the fewest and most arguments. */
const functions: Readonly<Record<string, readonly [number, number]>> = {
  last: [0, 0],
  position: [0, 0],
  count: [1, 1],
  not: [1, 1],
  true: [0, 0],
  false: [0, 0],
  boolean: [1, 1],
  number: [1, 1],
  string: [0, 1],
  name: [0, 1],
  "local-name": [0, 1],
  contains: [2, 2],
  "starts-with": [2, 2],
  "ends-with": [2, 2],
  "string-length": [1, 1],
  "normalize-space": [1, 1],
};
const levels: readonly (readonly string[])[] = [
  ["or"],
  ["and"],
  ["=", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "div", "mod"],
];
const maxDepth = 50;
const token =
  /\s*(?:(\/\/|::|\.\.|!=|<=|>=|[/.@|()[\],=<>+\-*$])|([\p{L}_][\p{L}\p{M}\p{N}_.\-·]*(?::(?!:)[\p{L}_][\p{L}\p{M}\p{N}_.\-·]*)?)|(\d+(?:\.\d*)?|\.\d+)|"([^"]*)"|'([^']*)')/uy;

type Token = { readonly kind: "symbol" | "name" | "number" | "string"; readonly text: string };

/** Reads an expression; throws `OttlError` for what is wrong or not known here. */
export function parseXPath(text: string): XPath {
  return new Parser(text, tokensOf(text)).whole();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    token.lastIndex = at;
    const [whole, symbol, name, number, double, single] = token.exec(text) ?? [];
    if (whole === undefined) throw problem(text, `unexpected ${JSON.stringify(text.slice(at, at + 10))}`);
    if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else tokens.push({ kind: "string", text: double ?? single ?? "" });
    at += whole.length;
  }
  return tokens;
}

function problem(text: string, why: string): OttlError {
  return new OttlError(`invalid xpath ${JSON.stringify(text)}: ${why}`);
}

class Parser {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.tokens = tokens;
  }

  whole(): XPath {
    const parsed = this.binary(0);
    if (this.at < this.tokens.length) throw this.unexpected();
    return parsed;
  }

  private binary(level: number): XPath {
    const operators = levels[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const next = this.tokens[this.at];
      if (!next || next.kind === "string" || !operators.includes(next.text)) return left;
      this.at++;
      left = { kind: "binary", operator: next.text, left, right: this.binary(level + 1) };
    }
  }

  private unary(): XPath {
    if (++this.depth > maxDepth) throw problem(this.text, `it is nested more than ${maxDepth} deep`);
    const parsed: XPath = this.take("-") ? { kind: "negate", value: this.unary() } : this.union();
    this.depth--;
    return parsed;
  }

  private union(): XPath {
    let left = this.primary();
    while (this.take("|")) left = { kind: "binary", operator: "|", left, right: this.primary() };
    return left;
  }

  private primary(): XPath {
    const next = this.tokens[this.at];
    if (!next) throw problem(this.text, "it ends too early");
    if (next.kind === "number" || next.kind === "string") {
      this.at++;
      return next.kind === "number"
        ? { kind: "number", value: Number(next.text) }
        : { kind: "string", value: next.text };
    }
    if (next.text === "$") throw problem(this.text, "variables are not known here");
    if (this.take("(")) {
      const inner = this.binary(0);
      this.expect(")");
      if (this.sees("[") || this.sees("/") || this.sees("//"))
        throw problem(this.text, "steps and predicates behind parentheses are not known here");
      return inner;
    }
    const isCall = next.kind === "name" && this.tokens[this.at + 1]?.text === "(" && !isKind(next.text);
    return isCall ? this.call(next.text) : this.path();
  }

  private call(name: string): XPath {
    const counts = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!counts) throw problem(this.text, `the function ${name} is not known here`);
    this.at += 2;
    const args: XPath[] = [];
    while (!this.take(")")) {
      if (args.length > 0) this.expect(",");
      args.push(this.binary(0));
    }
    if (args.length < counts[0] || args.length > counts[1])
      throw problem(this.text, `${name} has ${args.length} arguments`);
    return { kind: "call", name, args };
  }

  private path(): XPath {
    const steps: Step[] = [];
    const isAbsolute = this.sees("/") || this.sees("//");
    if (!isAbsolute) steps.push(this.step());
    else if (this.take("/") && !this.seesStep()) return { kind: "path", isAbsolute, steps };
    else if (this.at > 0 && this.tokens[this.at - 1]?.text === "/" && this.seesStep()) steps.push(this.step());
    for (;;) {
      if (this.take("//")) steps.push({ axis: "descendant-or-self", test: { kind: "node" }, predicates: [] });
      else if (!this.take("/")) return { kind: "path", isAbsolute, steps };
      steps.push(this.step());
    }
  }

  private seesStep(): boolean {
    const next = this.tokens[this.at];
    return next?.kind === "name" || (next?.kind === "symbol" && [".", "..", "@", "*"].includes(next.text));
  }

  private step(): Step {
    if (this.take(".")) return this.withPredicates("self", { kind: "node" });
    if (this.take("..")) return this.withPredicates("parent", { kind: "node" });
    let axis: Axis = this.take("@") ? "attribute" : "child";
    if (this.tokens[this.at + 1]?.text === "::") {
      const name = this.tokens[this.at]?.text ?? "";
      if (!axes.includes(name)) throw problem(this.text, `the axis ${name} is not known here`);
      axis = name as Axis;
      this.at += 2;
    }
    return this.withPredicates(axis, this.test());
  }

  private test(): NodeTest {
    const next = this.tokens[this.at];
    if (this.take("*")) return { kind: "name", prefix: "", local: "*" };
    if (next?.kind !== "name") throw this.unexpected();
    this.at++;
    if (isKind(next.text) && this.take("(")) {
      this.expect(")");
      return { kind: next.text };
    }
    const [prefix = "", local] = next.text.split(":");
    return local === undefined ? { kind: "name", prefix: "", local: prefix } : { kind: "name", prefix, local };
  }

  private withPredicates(axis: Axis, test: NodeTest): Step {
    const predicates: XPath[] = [];
    while (this.take("[")) {
      predicates.push(this.binary(0));
      this.expect("]");
    }
    return { axis, test, predicates };
  }

  private sees(text: string): boolean {
    const next = this.tokens[this.at];
    return next?.kind === "symbol" && next.text === text;
  }

  private take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(`, ${text} is expected`);
  }

  private unexpected(more = ""): OttlError {
    const next = this.tokens[this.at];
    return problem(this.text, next ? `unexpected ${JSON.stringify(next.text)}${more}` : `it ends too early${more}`);
  }
}

function isKind(text: string): text is (typeof kinds)[number] {
  return (kinds as readonly string[]).includes(text);
}
