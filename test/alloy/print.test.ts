import { describe, expect, it } from "vitest";
import { parseFile } from "../../shared/alloy/parse.ts";
import { printFile } from "../../shared/alloy/print.ts";
import { createSource } from "../../shared/alloy/source.ts";
import { languageCases } from "./language-cases.ts";

describe("printFile()", () => {
  it.each(languageCases("format"))("prints what alloy fmt prints: $name", ({ source, expect: expected }) => {
    const parsed = parseFile(createSource("", source));
    if (parsed.kind === "parsed") expect(printFile(parsed.tree)).toBe(expected.text);
    else
      expect(parsed.diagnostics.map(({ message }) => message)).toEqual(expected.errors?.map(({ message }) => message));
  });

  it.each([
    ["fields of an object over lines", "a = {\nx = 1,\nlonger = 2,\n}\n", "a = {\n\tx      = 1,\n\tlonger = 2,\n}\n"],
    ["comments at the ends of lines", "a = 1 // x\nbbb = 22 // y\n", "a   = 1  // x\nbbb = 22 // y\n"],
    ["an attribute over lines", "a = 1\nbbb = [\n1,\n]\nccccc = 2\n", "a   = 1\nbbb = [\n\t1,\n]\nccccc = 2\n"],
    ["a comment before a closing brace", "a {\n// x\n}\n", "a {\n\t// x\n}\n"],
    ["calls over lines", "a = f(\n1,\n2,\n)\n", "a = f(\n\t1,\n\t2,\n)\n"],
    ["a comment block", "a = /* x */ 1\n", "a = /* x */ 1\n"],
    ["text in backticks", "a = `x \n\ty\tz`\n", "a = `x \n\ty\tz`\n"],
    ["a key with an escape", 'a = {"x\\n" = 1}\n', 'a = {"x\\n" = 1}\n'],
  ])("prints %s", (_name, source, printed) => {
    expect(format(source)).toBe(printed);
  });
});

function format(source: string): string {
  const parsed = parseFile(createSource("", source));
  return parsed.kind === "parsed" ? printFile(parsed.tree) : parsed.diagnostics.map(({ message }) => message).join();
}
