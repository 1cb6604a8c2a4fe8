import { quote } from "../go-quote.ts";
import type { Expression, File, Statement } from "./ast.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { isIdentifier } from "./lexer.ts";
import { ExpressionParser } from "./parse-expression.ts";
import { createSource, type Source } from "./source.ts";
import { bytesOfText } from "./text.ts";
import { ParseLimit, TokenStream } from "./token-stream.ts";

/** A tree, or all that is wrong with the text. */
export type Parsed<T> =
  | { readonly kind: "parsed"; readonly tree: T }
  | { readonly kind: "invalid"; readonly diagnostics: readonly Diagnostic[] };

/** Bytes of a file that is parsed at all. */
const maxSourceBytes = 16 * 1024 * 1024;

/** Parses a file. Never throws: what is wrong comes as diagnostics, several where there are several. */
export function parseFile(source: Source): Parsed<File> {
  return bounded(source, (tokens) => {
    const body = new BodyParser(tokens).body("EOF");
    return { source, body, comments: tokens.comments };
  });
}

/** Parses one expression, as the printer of messages and the tests need it. */
export function parseExpression(
  text: string | Uint8Array,
): Parsed<{ readonly source: Source; readonly expression: Expression }> {
  const source = createSource("", text);
  return bounded(source, (tokens) => {
    const expression = new BodyParser(tokens).expressions.expression();
    if (!tokens.is("EOF")) tokens.expect("TERMINATOR");
    return { source, expression };
  });
}

function bounded<T>(source: Source, parse: (tokens: TokenStream) => T): Parsed<T> {
  if (source.bytes.length > maxSourceBytes) {
    const message = `the file has ${source.bytes.length} bytes; at most ${maxSourceBytes} are read`;
    return { kind: "invalid", diagnostics: [{ severity: "error", message, start: source.position(0) }] };
  }
  const told: Diagnostic[] = [];
  try {
    const tokens = new TokenStream(source, told);
    const tree = parse(tokens);
    return told.length === 0 ? { kind: "parsed", tree } : { kind: "invalid", diagnostics: told };
  } catch (error) {
    if (!(error instanceof ParseLimit)) throw error;
    return { kind: "invalid", diagnostics: [...told, error.diagnostic] };
  }
}

interface Name {
  readonly parts: readonly string[];
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly labelStart: number;
  readonly labelEnd: number;
}

/** Parses statements; an expression that turns out to be a block comes back here. */
class BodyParser {
  readonly expressions: ExpressionParser;
  private readonly tokens: TokenStream;

  constructor(tokens: TokenStream) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens, () => this.body("}"));
  }

  body(until: "EOF" | "}"): readonly Statement[] {
    const { tokens } = this;
    const statements: Statement[] = [];
    tokens.enter();
    while (!tokens.is(until) && !tokens.is("EOF")) {
      const statement = this.statement();
      if (statement) statements.push(statement);
      if (tokens.is(until)) break;
      if (!tokens.is("TERMINATOR")) {
        tokens.error(`expected TERMINATOR, got ${tokens.current.kind}`);
        tokens.skipStatement();
      }
      tokens.advance();
    }
    tokens.leave();
    return statements;
  }

  private statement(): Statement | undefined {
    const { tokens } = this;
    const name = this.name();
    if (!name) {
      tokens.skipTo("IDENT");
      return undefined;
    }
    if (tokens.is("=")) return this.attribute(name);
    if (tokens.is("{")) return this.block(name);
    const either = name.parts.length === 1 && name.label === "";
    tokens.error(
      `expected ${either ? "attribute assignment or block body" : "block body"}, got ${tokens.current.kind}`,
    );
    tokens.skipTo("IDENT");
    return undefined;
  }

  private attribute(name: Name): Statement {
    const { tokens } = this;
    tokens.advance();
    if (name.parts.length !== 1) {
      const words = 'attribute names may only consist of a single identifier with no "."';
      tokens.errorBetween(name.start, name.end, words);
    } else if (name.labelStart >= 0) {
      tokens.errorBetween(name.labelStart, name.labelEnd, "attribute names may not have labels");
    }
    const value = this.expressions.expression();
    return { kind: "attribute", name: name.parts[0] ?? "", start: name.start, end: value.end, value };
  }

  private block({ parts, label, start, labelStart }: Name): Statement {
    const open = this.tokens.expect("{").start;
    const body = this.body("}");
    const end = this.tokens.expect("}").start;
    return { kind: "block", name: parts.join("."), label, labelStart, start, open, body, end };
  }

  private name(): Name | undefined {
    const { tokens } = this;
    if (!tokens.is("IDENT")) {
      tokens.error(`expected identifier, got ${tokens.current.kind}`);
      return undefined;
    }
    const first = tokens.advance();
    const parts = [first.text];
    while (tokens.is(".")) {
      tokens.advance();
      if (!tokens.is("IDENT")) tokens.error(`expected identifier, got ${tokens.current.kind}`);
      parts.push(tokens.advance().text);
    }
    // As long as the name is without blanks, like the range that Alloy tells.
    const end = first.start + bytesOfText(parts.join(".")).length - 1;
    const name = { parts, start: first.start, end, label: "", labelStart: -1, labelEnd: -1 };
    return tokens.is("=") || tokens.is("{") ? name : { ...name, ...this.label() };
  }

  private label(): { readonly label: string; readonly labelStart: number; readonly labelEnd: number } {
    const { tokens } = this;
    const { kind, text, start, end } = tokens.current;
    let label = "";
    if (kind !== "STRING") tokens.error(`expected block label, got ${kind}`);
    else {
      if (!text.startsWith('"')) {
        tokens.error(`expected block label to be a double quoted string, but got ${quote(text)}`);
      }
      label = text.slice(1, -1);
      if (label !== "" && !isIdentifier(label)) {
        tokens.error(`expected block label to be a valid identifier, but got ${quote(label)}`);
      }
    }
    tokens.advance();
    return { label, labelStart: kind === "STRING" ? start : -1, labelEnd: end - 1 };
  }
}
