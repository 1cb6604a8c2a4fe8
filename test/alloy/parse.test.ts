import { describe, expect, it } from "vitest";
import type { Statement } from "../../shared/alloy/ast.ts";
import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import { parseExpression, parseFile } from "../../shared/alloy/parse.ts";
import { createSource } from "../../shared/alloy/source.ts";
import { languageCases } from "./language-cases.ts";

describe("parseFile()", () => {
  it.each(languageCases("parse"))("parses as Alloy does: $name", ({ source, expect: expected }) => {
    const parsed = parseFile(createSource("", source));
    if (parsed.kind === "invalid") expect({ ok: false, errors: parsed.diagnostics.map(told) }).toEqual(expected);
    else expect({ ok: true, body: parsed.tree.body.map(outline) }).toEqual(expected);
  });

  it("reads a file with the endings of Windows", () => {
    const parsed = parseFile(createSource("a", "a = `x\r\ny`\r\n"));
    expect(parsed.kind).toBe("parsed");
  });

  it.each([
    ["brackets", "[".repeat(100_000)],
    ["blocks", "a {\n".repeat(100_000)],
    ["a chain of operators", `a = ${"1 + ".repeat(100_000)}1`],
    ["signs", `a = ${"-".repeat(100_000)}1`],
    ["powers", `a = ${"2 ^ ".repeat(100_000)}1`],
    ["accesses", `a = b${".c".repeat(100_000)}`],
  ])("refuses %s nested too deeply", (_name, source) => {
    const parsed = parseFile(createSource("a", source.startsWith("[") ? `a = ${source}` : source));
    expect(parsed.kind === "invalid" && parsed.diagnostics.at(-1)?.message).toMatch(/nested more than \d+ levels/);
  });

  it.each([
    ["a = { ]\n", "expected }, got ]"],
    ['a "\\x01\u007f" { }\n', 'expected block label to be a valid identifier, but got "\\\\x01\\x7f"'],
  ])("tells in Go's words what is wrong with %j", (source, message) => {
    const parsed = parseFile(createSource("a", source));
    expect(parsed.kind === "invalid" && parsed.diagnostics[0]?.message).toBe(message);
  });

  it("tells a name with dots as long as it is without blanks", () => {
    const parsed = parseFile(createSource("a", "ab . cd = 1\n"));
    expect(parsed.kind === "invalid" && parsed.diagnostics[0]).toMatchObject({
      start: { column: 1 },
      end: { column: 5 },
    });
  });

  it("tells of a bounded number of errors", () => {
    const parsed = parseFile(createSource("a", "a = @\n".repeat(10_000)));
    expect(parsed.kind === "invalid" && parsed.diagnostics.length).toBe(101);
  });
});

describe("parseExpression()", () => {
  it.each(languageCases("expr").filter(({ expect: { stage } }) => stage === "parse"))(
    "tells what Alloy tells: $name",
    ({ source, expect: { errors } }) => {
      const parsed = parseExpression(source);
      expect(parsed.kind === "invalid" && parsed.diagnostics.map(told)).toEqual(errors);
    },
  );
});

function told({ message, start, end }: Diagnostic) {
  return {
    message,
    ...(start && { line: start.line, column: start.column }),
    ...(end && { endLine: end.line, endColumn: end.column }),
  };
}

function outline(statement: Statement): unknown {
  if (statement.kind === "attribute") return { attr: statement.name };
  const { name, label, body } = statement;
  return {
    block: name,
    ...(label !== "" && { label }),
    ...(body.length > 0 && { body: body.map(outline) }),
  };
}
