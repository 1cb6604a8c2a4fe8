import type { BlockStatement, Expression, Extent, Statement } from "./ast.ts";
import type { Printer } from "./printer.ts";

/** Gives the tokens of a tree to a printer, with the line breaks that Alloy's formatter puts between them. */
export class TreePrinter {
  private readonly printer: Printer;
  private readonly lineOf: (offset: number) => number;

  constructor(printer: Printer, lineOf: (offset: number) => number) {
    this.printer = printer;
    this.lineOf = lineOf;
  }

  statements(statements: readonly Statement[]): void {
    const { printer } = this;
    let previous: Statement | undefined;
    for (const statement of statements) {
      const apart = previous && this.lineOf(statement.start) - this.lineOf(previous.end) > 1;
      if (previous && (statement.kind === "block" || apart)) printer.space("feed");
      if (statement.kind === "block") this.block(statement);
      else {
        printer.at(statement.start);
        printer.token("IDENT", statement.name);
        printer.space("column");
        printer.token("=");
        printer.space("blank");
        this.expression(statement.value);
      }
      printer.space(this.isOneLine(statement) ? "newline" : "feed");
      previous = statement;
    }
  }

  private block({ name, label, labelStart, start, open, body, end }: BlockStatement): void {
    const { printer } = this;
    printer.at(start);
    printer.token("IDENT", name);
    if (label !== "") {
      printer.space("blank");
      printer.at(labelStart);
      printer.token("STRING", `"${label}"`);
    }
    printer.space("blank");
    printer.at(open);
    printer.token("{");
    printer.space("indent");
    if (body.length > 0) {
      printer.space("feed");
      this.statements(body);
    } else printer.space("blank");
    printer.space("unindent");
    printer.at(end);
    printer.token("}");
  }

  expression(expression: Expression): void {
    const { printer } = this;
    switch (expression.kind) {
      case "literal":
        printer.at(expression.start);
        printer.token(expression.token, expression.text);
        return;
      case "identifier":
        printer.at(expression.start);
        printer.token("IDENT", expression.name);
        return;
      case "array":
        this.array(expression);
        return;
      case "object":
        this.object(expression);
        return;
      case "access":
        this.expression(expression.value);
        printer.token(".");
        printer.at(expression.nameStart);
        printer.token("IDENT", expression.name);
        return;
      case "index":
        this.expression(expression.value);
        printer.at(expression.open);
        printer.token("[");
        this.expression(expression.index);
        printer.at(expression.end);
        printer.token("]");
        return;
      case "call":
        this.call(expression);
        return;
      case "unary":
        printer.at(expression.start);
        printer.token(expression.operator);
        this.expression(expression.value);
        return;
      case "binary":
        this.expression(expression.left);
        printer.space("blank");
        printer.at(expression.operatorStart);
        printer.token(expression.operator);
        printer.space("blank");
        this.expression(expression.right);
        return;
      case "paren":
        printer.at(expression.start);
        printer.token("(");
        this.expression(expression.inner);
        printer.at(expression.end);
        printer.token(")");
        return;
    }
  }

  private array({ elements, start, end }: Extract<Expression, { kind: "array" }>): void {
    const { printer } = this;
    printer.at(start);
    printer.token("[");
    let before = start;
    for (const [index, element] of elements.entries()) {
      const onNewLine = this.lineOf(before) !== this.lineOf(element.start);
      if (onNewLine) printer.space("indent", "feed");
      else if (index > 0) printer.space("blank");
      before = element.end;
      this.expression(element);
      if (index + 1 < elements.length) printer.token(",");
      if (onNewLine) printer.space("unindent");
    }
    if (elements.length > 0 && this.lineOf(before) !== this.lineOf(end)) {
      printer.token(",");
      printer.space("indent", "feed", "unindent");
    }
    printer.at(end);
    printer.token("]");
  }

  private object({ fields, start, end }: Extract<Expression, { kind: "object" }>): void {
    const { printer } = this;
    printer.at(start);
    printer.token("{");
    printer.space("indent");
    let before = start;
    for (const [index, { name, quoted, nameStart, nameEnd, value }] of fields.entries()) {
      const previous = fields[index - 1];
      if (this.lineOf(before) !== this.lineOf(nameStart)) {
        printer.space(previous && this.isOneLine(previous.value) ? "newline" : "feed");
      } else if (index > 0) printer.space("blank");
      before = nameEnd;
      printer.at(nameStart);
      printer.token(quoted ? "STRING" : "IDENT", quoted ? `"${name}"` : name);
      printer.space("column");
      printer.token("=");
      printer.space("blank");
      this.expression(value);
      if (index + 1 < fields.length) printer.token(",");
    }
    if (fields.length > 0 && this.lineOf(before) !== this.lineOf(end)) {
      printer.token(",");
      printer.space("feed");
    }
    printer.space("unindent");
    printer.at(end);
    printer.token("}");
  }

  private call({ value, args, open, end }: Extract<Expression, { kind: "call" }>): void {
    const { printer } = this;
    this.expression(value);
    printer.at(open);
    printer.token("(");
    let before = open;
    for (const [index, argument] of args.entries()) {
      const onNewLine = this.lineOf(before) !== this.lineOf(argument.start);
      if (onNewLine) printer.space("feed", "indent");
      this.expression(argument);
      before = argument.end;
      if (index + 1 < args.length) {
        printer.token(",");
        printer.space("blank");
      }
      if (onNewLine) printer.space("unindent");
    }
    if (args.length > 0 && this.lineOf(before) !== this.lineOf(end)) {
      printer.token(",");
      printer.space("feed");
    }
    printer.at(end);
    printer.token(")");
  }

  private isOneLine({ start, end }: Extent): boolean {
    return this.lineOf(start) === this.lineOf(end);
  }
}
