import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Expression, Statement } from "../../shared/alloy/ast.ts";
import { createLexer } from "../../shared/alloy/lexer.ts";
import { parseFile } from "../../shared/alloy/parse.ts";
import { printFile } from "../../shared/alloy/print.ts";
import { createSource } from "../../shared/alloy/source.ts";
import { languageCases } from "./language-cases.ts";

const name = fc.constantFrom("a", "bb", "ccc", "a_long_name", "é");
const literal = fc.constantFrom("1", "1.5", "true", "null", '"x"', '"a\\n\\"b"', "`raw`", "`two\n\tlines`", "010");
const gap = fc.constantFrom("", "\n", "\n\n\n", " // note\n", "\n// own line\n", " /* in */ ");

const expression: fc.Memo<string> = fc.memo((depth) => {
  if (depth <= 1) return fc.oneof(literal, name);
  const inner = expression(depth - 1);
  const newline = fc.constantFrom("", "\n", "\n\n");
  const items = (text: fc.Arbitrary<string>) =>
    fc.tuple(fc.array(fc.tuple(newline, text), { maxLength: 3 }), newline).map(([each, end]) => {
      const joined = each.map(([before, item]) => `${before}${item},`).join("");
      return `${joined}${end}`;
    });
  return fc.oneof(
    literal,
    name,
    inner.map((each) => `(${each})`),
    inner.map((each) => `-${each}`),
    fc
      .tuple(inner, fc.constantFrom("+", "*", "^", "==", "&&", "<="), inner)
      .map(([a, operator, b]) => `${a}${operator} ${b}`),
    fc.tuple(name, name).map(([a, b]) => `${a}.${b}`),
    fc.tuple(name, inner).map(([a, b]) => `${a}[${b}]`),
    items(inner).map((each) => `[${each}]`),
    fc.tuple(name, items(inner)).map(([a, each]) => `${a}(${each})`),
    items(fc.tuple(fc.oneof(name, fc.constant('"q"')), inner).map(([key, value]) => `${key}=${value}`)).map(
      (each) => `{${each}}`,
    ),
  );
});

const body: fc.Memo<string> = fc.memo((depth) => {
  const attribute = fc.tuple(name, expression(3)).map(([key, value]) => `${key} = ${value}`);
  const block = (inner: fc.Arbitrary<string>) =>
    fc.tuple(name, fc.boolean(), inner).map(([key, label, each]) => `${key}.x ${label ? '"l"' : ""} {\n${each}\n}`);
  const statement = depth <= 1 ? attribute : fc.oneof(attribute, block(body(depth - 1)));
  return fc
    .array(fc.tuple(gap, statement, fc.constantFrom("", " // tail", " /* tail */")), { maxLength: 4 })
    .map((each) => each.map(([before, text, after]) => `${before}${text}${after}\n`).join(""));
});

describe("the language", () => {
  it("prints what parses to the same tree, with the same comments, and prints it the same way again", () => {
    fc.assert(
      fc.property(body(3), (text) => {
        const parsed = parseFile(createSource("", text));
        if (parsed.kind === "invalid") return;
        const printed = printFile(parsed.tree);
        const again = parseFile(createSource("", printed));
        expect(again.kind, printed).toBe("parsed");
        if (again.kind !== "parsed") return;
        expect(printFile(again.tree)).toBe(printed);
        expect(again.tree.body.map(shape)).toEqual(parsed.tree.body.map(shape));
        expect(again.tree.comments.flat().map((each) => each.text)).toEqual(
          parsed.tree.comments.flat().map((each) => each.text),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it("prints the cases of Alloy's formatter the same way again", () => {
    for (const { expect: expected } of languageCases("format")) {
      const parsed = parseFile(createSource("", expected.text ?? ""));
      if (expected.text !== undefined && parsed.kind === "parsed") expect(printFile(parsed.tree)).toBe(expected.text);
    }
  });

  it("never throws on bytes, and its tokens cover them in order", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .string({ unit: fc.constantFrom(..."ab1.e\"'`\\/*\n {}[]()=!<>&|,-+ué\u0000".split("")), maxLength: 80 })
        .map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const lexer = createLexer(given, () => {});
        let last = 0;
        for (let left = given.length * 2 + 10; left > 0; left--) {
          const token = lexer.next();
          expect(token.start).toBeGreaterThanOrEqual(last);
          if (token.kind === "EOF") break;
          last = token.start;
          expect(left).toBeGreaterThan(1);
        }
        parseFile(createSource("", given));
      }),
      { numRuns: 5_000 },
    );
  });
});

function shape(statement: Statement): unknown {
  if (statement.kind === "attribute") return [statement.name, shapeOf(statement.value)];
  return [statement.name, statement.label, statement.body.map(shape)];
}

function shapeOf(expression: Expression): unknown {
  switch (expression.kind) {
    case "literal":
      return expression.text;
    case "identifier":
      return expression.name;
    case "paren":
      return ["()", shapeOf(expression.inner)];
    case "array":
      return expression.elements.map(shapeOf);
    case "object":
      return expression.fields.map(({ name, quoted, value }) => [name, quoted, shapeOf(value)]);
    case "access":
      return [".", shapeOf(expression.value), expression.name];
    case "index":
      return ["[]", shapeOf(expression.value), shapeOf(expression.index)];
    case "call":
      return ["call", shapeOf(expression.value), expression.args.map(shapeOf)];
    case "unary":
      return [expression.operator, shapeOf(expression.value)];
    case "binary":
      return [shapeOf(expression.left), expression.operator, shapeOf(expression.right)];
  }
}
