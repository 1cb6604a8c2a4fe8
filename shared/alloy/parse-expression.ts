import type { Expression, ObjectField, Statement } from "./ast.ts";
import { type BinaryOperator, precedence, type TokenKind } from "./token.ts";
import type { TokenStream } from "./token-stream.ts";

const literals = new Set<TokenKind>(["STRING", "NUMBER", "FLOAT", "BOOL", "NULL"]);

/** Parses expressions. What cannot be one becomes null, and is told. */
export class ExpressionParser {
  private readonly tokens: TokenStream;
  private readonly parseBody: () => readonly Statement[];

  constructor(tokens: TokenStream, parseBody: () => readonly Statement[]) {
    this.tokens = tokens;
    this.parseBody = parseBody;
  }

  expression(): Expression {
    return this.binary(1);
  }

  private binary(minPrecedence: number): Expression {
    const { tokens } = this;
    let left = this.power();
    for (;;) {
      const found = precedence[tokens.current.kind];
      if (found === undefined || found < minPrecedence) return left;
      const { kind, start } = tokens.advance();
      const right = this.binary(found + 1);
      const operator = kind as BinaryOperator;
      left = { kind: "binary", operator, operatorStart: start, left, right, start: left.start, end: right.end };
      tokens.grow(left, left.left, left.right);
    }
  }

  private power(): Expression {
    const { tokens } = this;
    const left = this.unary();
    if (!tokens.is("^")) return left;
    const { start } = tokens.advance();
    tokens.enter();
    const right = this.power();
    tokens.leave();
    const node: Expression = {
      kind: "binary",
      operator: "^",
      operatorStart: start,
      left,
      right,
      start: left.start,
      end: right.end,
    };
    return tokens.grow(node, left, right);
  }

  private unary(): Expression {
    const { tokens } = this;
    if (!tokens.is("!") && !tokens.is("-")) return this.postfix();
    const { kind, start } = tokens.advance();
    tokens.enter();
    const value = this.unary();
    tokens.leave();
    const operator = kind === "!" ? "!" : "-";
    return tokens.grow({ kind: "unary", operator, value, start, end: value.end }, value);
  }

  private postfix(): Expression {
    const { tokens } = this;
    let value = this.primary();
    for (;;) {
      const { start } = value;
      if (tokens.is(".")) {
        tokens.advance();
        const name = tokens.expect("IDENT");
        const end = name.end - 1;
        value = tokens.grow({ kind: "access", value, name: name.text, nameStart: name.start, start, end }, value);
      } else if (tokens.is("[")) {
        const open = tokens.advance().start;
        const index = this.nested(() => this.expression());
        const end = tokens.expect("]").start;
        value = tokens.grow({ kind: "index", value, index, open, start, end }, value, index);
      } else if (tokens.is("(")) {
        const open = tokens.advance().start;
        const args = tokens.is(")") ? [] : this.list(")");
        const end = tokens.expect(")").start;
        value = tokens.grow({ kind: "call", value, args, open, start, end }, value, ...args);
      } else if (tokens.is("STRING") || tokens.is("{")) {
        if (!this.blockInPlaceOfExpression(value)) return value;
      } else return value;
    }
  }

  /** Somebody gives a block where an expression is due: reads it to the end, to say so. False when it is not a block either. */
  private blockInPlaceOfExpression({ start }: Expression): boolean {
    const { tokens } = this;
    if (tokens.is("STRING")) tokens.advance();
    if (tokens.expect("{").kind !== "{") {
      tokens.skipStatement();
      return false;
    }
    this.parseBody();
    const close = tokens.expect("}");
    if (close.kind !== "}") {
      tokens.skipStatement();
      return false;
    }
    tokens.errorBetween(start, close.start, "cannot use a block as an expression");
    return true;
  }

  private primary(): Expression {
    const { tokens } = this;
    const { kind, text, start, end } = tokens.current;
    if (kind === "IDENT") {
      tokens.advance();
      return { kind: "identifier", name: text, start, end: end - 1 };
    }
    if (literals.has(kind)) {
      tokens.advance();
      return { kind: "literal", token: kind as "STRING", text, start, end: end - 1 };
    }
    if (kind === "(") {
      tokens.advance();
      const inner = this.nested(() => this.expression());
      return tokens.grow({ kind: "paren", inner, start, end: tokens.expect(")").start }, inner);
    }
    if (kind === "[") {
      tokens.advance();
      const elements = tokens.is("]") ? [] : this.list("]");
      return tokens.grow({ kind: "array", elements, start, end: tokens.expect("]").start }, ...elements);
    }
    if (kind === "{") {
      tokens.advance();
      const fields = tokens.is("]") ? [] : this.fields();
      const node: Expression = { kind: "object", fields, start, end: tokens.expect("}").start };
      return tokens.grow(node, ...fields.map(({ value }) => value));
    }
    tokens.error(`expected expression, got ${kind}`);
    tokens.skipTo("TERMINATOR", ")", "}", "]", ",");
    return { kind: "literal", token: "NULL", text: "null", start, end: start };
  }

  private list(until: ")" | "]"): readonly Expression[] {
    const { tokens } = this;
    const found: Expression[] = [];
    while (!tokens.is(until) && !tokens.is("EOF")) {
      found.push(this.nested(() => this.expression()));
      if (tokens.is(until)) break;
      if (!tokens.is(",")) tokens.error("missing ',' in expression list");
      tokens.advance();
    }
    return found;
  }

  private fields(): readonly ObjectField[] {
    const { tokens } = this;
    const found: ObjectField[] = [];
    while (!tokens.is("}") && !tokens.is("EOF")) {
      found.push(this.field());
      if (tokens.is("}")) break;
      if (!tokens.is(",")) tokens.error("missing ',' in field list");
      tokens.advance();
    }
    return found;
  }

  private field(): ObjectField {
    const { tokens } = this;
    const { kind, text, start, end } = tokens.current;
    const quoted = kind === "STRING" && text.length > 2;
    if (kind === "STRING" || kind === "IDENT") tokens.advance();
    else {
      tokens.error(`expected field name (string or identifier), got ${kind}`);
      tokens.skipTo("=");
    }
    tokens.expect("=");
    const value = this.nested(() => this.expression());
    return { name: quoted ? text.slice(1, -1) : text, quoted, nameStart: start, nameEnd: end - 1, value };
  }

  private nested<T>(parse: () => T): T {
    this.tokens.enter();
    const result = parse();
    this.tokens.leave();
    return result;
  }
}
