import type { Comment, Expression } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { createLexer } from "./lexer.ts";
import type { Position, Source } from "./source.ts";
import type { Token, TokenKind } from "./token.ts";

const maxDiagnostics = 100;
/** Levels of blocks and brackets, and of the tree of one expression: what walks it recursively stays within the stack. */
const maxDepth = 400;

/** Ends a parse that met one of its limits; caught by `parse`. */
export class ParseLimit extends Error {
  readonly diagnostic: Diagnostic;

  constructor(message: string, start: Position) {
    super(message);
    this.diagnostic = { severity: "error", message, start };
  }
}

/** The tokens of a source for the parser: comments set aside, errors collected, at most one parse error a line. */
export class TokenStream {
  current: Token = { kind: "EOF", start: 0, end: 0, text: "" };
  readonly comments: Comment[][] = [];
  private readonly diagnostics: Diagnostic[];
  private readonly source: Source;
  private readonly depths = new WeakMap<Expression, number>();
  private depth = 0;
  private readonly lexer: { next(): Token };
  private lastErrorLine = 0;

  /** What is wrong goes to `diagnostics`. */
  constructor(source: Source, diagnostics: Diagnostic[]) {
    this.source = source;
    this.diagnostics = diagnostics;
    this.lexer = createLexer(source.bytes, (offset, message) => this.add({ message, start: source.position(offset) }));
    this.advance();
  }

  is(kind: TokenKind): boolean {
    return this.current.kind === kind;
  }

  /** Takes the current token and goes to the next one that is not a comment. */
  advance(): Token {
    const taken = this.current;
    this.current = this.lexer.next();
    while (this.is("COMMENT")) this.takeComments();
    return taken;
  }

  /** Takes the current token, telling when it is not of `kind`. */
  expect(kind: TokenKind): Token {
    if (!this.is(kind)) this.error(`expected ${kind}, got ${this.current.kind}`);
    return this.advance();
  }

  skipTo(...kinds: readonly TokenKind[]): void {
    while (!this.is("EOF") && !kinds.includes(this.current.kind)) this.advance();
  }

  /** Skips the rest of a statement, up to the terminator outside all brackets opened in it. */
  skipStatement(): void {
    const open = { "{": 0, "[": 0, "(": 0 };
    while (!this.is("EOF")) {
      const { kind } = this.current;
      if (kind === "{" || kind === "[" || kind === "(") open[kind]++;
      if (kind === "}") open["{"]--;
      if (kind === "]") open["["]--;
      if (kind === ")") open["("]--;
      if (kind === "TERMINATOR" && open["{"] <= 0 && open["["] <= 0 && open["("] <= 0) return;
      this.advance();
    }
  }

  /** Tells about the current token, unless something on its line has been told already. */
  error(message: string): void {
    const start = this.source.position(this.current.start);
    if (start.line === this.lastErrorLine) return;
    this.lastErrorLine = start.line;
    this.add({ message, start });
  }

  errorBetween(start: number, end: number, message: string): void {
    this.add({ message, start: this.source.position(start), end: this.source.position(end) });
  }

  /** Goes one level of brackets or blocks deeper. */
  enter(): void {
    if (++this.depth > maxDepth) this.tooDeep(this.current.start);
  }

  leave(): void {
    this.depth--;
  }

  /** Notes the height of the tree of `node`, whose parts are `parts`. */
  grow<Node extends Expression>(node: Node, ...parts: readonly Expression[]): Node {
    const height = 1 + parts.reduce((highest, part) => Math.max(highest, this.depths.get(part) ?? 1), 0);
    if (height > maxDepth) this.tooDeep(node.start);
    this.depths.set(node, height);
    return node;
  }

  private tooDeep(offset: number): never {
    throw new ParseLimit(`nested more than ${maxDepth} levels deep`, this.source.position(offset));
  }

  private add(told: Omit<Diagnostic, "severity">): void {
    if (this.diagnostics.length >= maxDiagnostics) {
      throw new ParseLimit("there are more errors", told.start ?? this.source.position(0));
    }
    this.diagnostics.push({ severity: "error", ...told });
  }

  private takeComments(): void {
    const group: Comment[] = [];
    let lastLine = this.lineOf(this.current.start);
    while (this.is("COMMENT") && this.lineOf(this.current.start) <= lastLine + 1) {
      const { start, end, text } = this.current;
      group.push({ start, end: end - 1, text });
      lastLine = this.lineOf(start) + (text.startsWith("/*") ? text.split("\n").length - 1 : 0);
      this.current = this.lexer.next();
    }
    this.comments.push(group);
  }

  private lineOf(offset: number): number {
    return this.source.position(offset).line;
  }
}
