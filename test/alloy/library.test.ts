import { describe, expect, it } from "vitest";
import { evaluate } from "../../shared/alloy/evaluate.ts";
import { parseExpression } from "../../shared/alloy/parse.ts";
import found from "../fixtures/alloy/library-found.json" with { type: "json" };
import { agree, judge, meant, noted, type Verdict } from "../support/alloy/library-call.ts";
import { vectorScope } from "./vector-scope.ts";

interface Case {
  readonly call: string;
  readonly args: readonly unknown[];
  readonly expect: Verdict;
}

const cases = (found.cases as unknown as readonly Case[]).map((each, index) => ({ ...each, index }));

describe("the standard library", () => {
  it.each(cases)("does with $call what the Go packages do ($index)", ({ call, args, expect: expected }) => {
    const ours = judge({ call, args: args.map(meant) });
    expect(agree(call, ours, expected), JSON.stringify({ ours, expected })).toBe(true);
  });

  it.each([
    ['string.format("%.0f %.1f %.0f", 0.5, 0.25, 2.5)', "0 0.2 2"],
    ['string.format("%x %X %b", 1.5, 10.0, 3.0)', "0x1.8p+00 0X1.4P+03 6755399441055744p-51"],
    ['json_path("{\\"a\\": 1, \\"b\\": {\\"a\\": 2}}", "$..a")[0]', 2],
    ['json_path("[{\\"n\\": 1}, {\\"n\\": 2}]", "$[?(@.n > 1)].n")[0]', 2],
    ['json_path("[1.0]", "$[0]")[0] == 1', true],
    ['encoding.from_yaml("at: 2001-01-01").at', "2001-01-01T00:00:00Z"],
  ])("evaluates %s", (source, expected) => {
    const parsed = parseExpression(source);
    if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.diagnostics));
    const value = evaluate(parsed.tree.expression, vectorScope({}));
    const plain = typeof value === "object" && value !== null && "value" in value ? Number(value.value) : value;
    expect(plain).toEqual(expected);
  });

  it("refuses YAML that holds itself, or that is nested without end", () => {
    const yaml = (text: string) => judge({ call: "from_yaml", args: [text] }).error;
    expect(yaml("a: &a [*a]")).toBe("yaml: anchor 'a' value contains itself");
    expect(yaml("[*b]")).toBe("yaml: unknown anchor 'b' referenced");
    expect(yaml(`${"- ".repeat(2_000)}x`)).toBe("yaml: exceeded max depth");
  });

  it("stops paths and filters that would never end", () => {
    const wide = `[${Array.from({ length: 2_000 }, (_, index) => `{"a": ${index}}`).join(",")}]`;
    const path = (text: string) => judge({ call: "json_path", args: [wide, text] }).error;
    expect(path("$[?($[*].a > $[*].a)]")).toBe("the paths of a filter match too many values");
    expect(path(`$${"..".repeat(40)}a`)).toMatch("takes too long");
    expect(path(`$[?(${"(".repeat(500)}`)).toMatch("cannot be read");
  });

  it("notes values so that they are read again", () => {
    const value = new Map([["a", ["x", null, true]]]);
    expect(meant(noted(value))).toEqual(value);
  });
});
