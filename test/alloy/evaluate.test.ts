import { describe, expect, it } from "vitest";
import { evaluate } from "../../shared/alloy/evaluate.ts";
import { diagnosticOf } from "../../shared/alloy/evaluate-outcome.ts";
import { EvaluationError } from "../../shared/alloy/evaluation-error.ts";
import { deprecatedFunctions, experimentalFunctions } from "../../shared/alloy/library/function-names.ts";
import { parseExpression } from "../../shared/alloy/parse.ts";
import type { ObjectValue } from "../../shared/alloy/value.ts";
import { languageCases } from "./language-cases.ts";
import { noted, vectorLibrary, vectorScope } from "./vector-scope.ts";

describe("evaluate()", () => {
  it.each(languageCases("expr").filter(({ expect: { stage } }) => stage !== "parse"))(
    "evaluates as Alloy does: $name",
    ({ source, env, expect: expected }) => {
      const outcome = run(source, env === undefined ? {} : { env });
      if (expected.ok) expect(outcome).toEqual(expected.value);
      else if (expected.errors) expect(outcome).toEqual(expected.errors);
      else expect(outcome).toEqual([{ message: expected.error }]);
    },
  );

  it.each([
    [
      'string.format("%5d|%-5s|%+d|%x|%v|%t|%e", 3, "a", 4, 255, [1, "b"], true, 1.5)',
      "    3|a    |+4|ff|[1 b]|true|1.500000e+00",
    ],
    ['string.format("%d", "a")', "%!d(string=a)"],
    ['string.format("%d")', "%!d(MISSING)"],
    ['string.format("x", 1)', "x%!(EXTRA int=1)"],
    ['string.format("%[2]s %[1]s", "a", "b")', "b a"],
    ['string.format("%v %v", {b = 1, a = null}, 1e21)', "map[a:<nil> b:1] 1e+21"],
    ['string.format("%*d|%.2f|%08.3f|%q|%%|%U", 4, 7, 2.345, -2.5, "é\\n", 233)', '   7|2.35|-002.500|"é\\n"|%|U+00E9'],
    ['string.format("%-")', "%!(NOVERB)"],
    ['encoding.from_yaml("a: yes\\nb: 010\\nc: ~\\nd: 1.5\\ne: 0x1f").b', 8],
    ['json_path("{\\"a\\": [{\\"b\\": 1}, {\\"b\\": 2}]}", "$.a[*].b")[1]', 2],
    ['encoding.url_decode("%C3%A9")', "é"],
    ['encoding.to_base64(encoding.from_base64("/w=="))', "/w=="],
    ['"\\xc3" + "\\xa9"', "é"],
    ['array.group_by([{k = "x"}, {k = "y"}, {k = "x"}], "k", true)[0].key', "x"],
    ['array.combine_maps([{a = 1}], [{a = 2}], ["a"], true)[0].a', 1],
    ["(1 + 2)", 3],
  ])("gives %s", (source, expected) => {
    const outcome = run(source, {}) as { readonly value: unknown };
    expect(typeof expected === "number" ? Number(outcome.value) : outcome.value).toBe(expected);
  });

  it.each([
    ['string.format("%s", secret)', "secret secrets may not be converted into strings"],
    ["1e999", "1e999 is too large for a number"],
    ["[\n\ttrue,\n].x", 'cannot access field "x" on value of type array'],
    ['encoding.url_decode("%zz")', 'encoding.url_decode invalid URL escape "%zz"'],
    ["encoding.to_json({a = secret})", "encoding.to_json cannot encode a secret or receiver as JSON"],
  ])("refuses %s", (source, message) => {
    expect((run(source, {}) as readonly { readonly message: string }[])[0]?.message).toContain(message);
  });
});

function run(source: string, options: { readonly env?: Readonly<Record<string, string>> }): unknown {
  const parsed = parseExpression(source);
  if (parsed.kind === "invalid") return parsed.diagnostics;
  try {
    return noted(evaluate(parsed.tree.expression, vectorScope(options)));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const { message, start, end } = diagnosticOf(error, parsed.tree.source);
    return [
      {
        message,
        ...(start && { line: start.line, column: start.column }),
        ...(end && { endLine: end.line, endColumn: end.column }),
      },
    ];
  }
}

describe("the standard library", () => {
  it("knows every function that is deprecated or experimental", () => {
    const library = vectorLibrary();
    for (const name of deprecatedFunctions) expect(library.has(name), name).toBe(true);
    for (const name of experimentalFunctions) {
      const [namespace = "", inner = ""] = name.split(".");
      expect((library.get(namespace) as ObjectValue).has(inner), name).toBe(true);
    }
  });
});
