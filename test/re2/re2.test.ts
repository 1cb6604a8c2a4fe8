import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { maxBacktrackingChars } from "../../shared/re2/cost.ts";
import { parsePattern } from "../../shared/re2/parse.ts";
import { compileFullRe2, compileRe2, type Re2 } from "../../shared/re2/re2.ts";

function re2(pattern: string, flags?: string): Re2 {
  const compiled = compileRe2(pattern, flags);
  if (compiled.kind === "rejected") {
    throw new Error(compiled.message);
  }
  return compiled.re2;
}

describe("compileRe2()", () => {
  it.each([
    ["(?=x)", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"],
    ["(a)\\1", "error parsing regexp: invalid escape sequence: `\\1`"],
    ["a**", "error parsing regexp: invalid nested repetition operator: `**`"],
    ["a{1001}", "error parsing regexp: invalid repeat count: `{1001}`"],
  ])("rejects %s in Go's words", (pattern, message) => {
    expect(compileRe2(pattern)).toEqual({ kind: "rejected", message });
  });

  it("rejects a pattern longer than 64 KiB", () => {
    expect(compileRe2("a".repeat(70_000)).kind).toBe("rejected");
  });

  it("names groups and says where they are", () => {
    const re = re2("(?P<level>[a-z]+)=(?<value>\\d+)?");
    expect(re.groupNames).toEqual([undefined, "level", "value"]);
    expect(re.exec("x warn=")?.groups.slice()).toEqual(["warn=", "warn", undefined]);
    expect(re.execIndices("x warn=")).toEqual([2, 7, 2, 6, -1, -1]);
  });

  it.each(["(?P<n>a)|(?P<n>b)|(?P<n_1>c)", "(?P<n>a)|(?<n>b)|(?P<n_1>c|\\pN)|[(?P<n>]|\\Q(?P<n>\\E"])(
    "takes groups with equal names, as Go does: %s",
    (pattern) => {
      const re = re2(pattern);
      expect(re.groupNames.slice(0, 4)).toEqual([undefined, "n", "n", "n_1"]);
      expect(re.replace("xaxbxc", "[$n$n_1]")).toBe("x[a]x[b]x[c]");
      expect(re.exec("b")?.groups.slice(0, 4)).toEqual(["b", undefined, "b", undefined]);
    },
  );

  it("takes flags as if they were written in front", () => {
    expect(re2("err.r", "is").test("ERR\nR")).toBe(true);
  });

  it.each([
    ["a", "$1x", "[]"],
    ["a", `$${"{1}"}x`, "[ax]"],
    ["a", "$$1", "[$1]"],
    ["a", "$-", "[$-]"],
    ["a", `$${"{1"}`, `[$${"{1"}]`],
    ["a", "$01", "[]"],
    ["a", `$${"{n}"}$9$0`, "[aa]"],
  ])("expands templates as Go does: %s by %s", (text, template, expected) => {
    expect(`[${re2("(?P<n>a)").replace(text, template)}]`).toBe(expected);
  });

  it("replaces without counting an empty match behind another", () => {
    expect(re2("b*").replace("abc", "x")).toBe("xaxcx");
  });

  it("anchors over newlines when the whole text must match", () => {
    const compiled = compileFullRe2("a|b.c");
    expect(
      compiled.kind === "re2" && [compiled.re2.test("b\nc"), compiled.re2.test("ab"), compiled.re2.test("xa")],
    ).toEqual([true, false, false]);
  });

  it.each([
    ["(x+x+)+y", "x".repeat(50_000)],
    ["(a*)*b", "a".repeat(50_000)],
    ["(a|a)*b", "a".repeat(50_000)],
    ["(a|aa)+$", `${"a".repeat(50_000)}b`],
    ["(.*)(.*)(.*)(.*)(.*)x", "a".repeat(50_000)],
    [".*.*=.*", "x".repeat(50_000)],
    ["\\s+$", `${" ".repeat(50_000)}x`],
    ["(\\w+\\d+)+:", "a1".repeat(25_000)],
    [`${"a?".repeat(30)}${"a".repeat(30)}`, "a".repeat(29)],
    ["(a?){30}a{30}", "a".repeat(29)],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(50_000)],
    ["(?i)(x+x+)+y", "X".repeat(50_000)],
    ["[^,]*[^;]*[^:]*!", "a".repeat(50_000)],
    ["(?:a{0,99}){0,10}b", "a".repeat(5_000)],
  ])("takes linear time: %s", (pattern, text) => {
    const re = re2(pattern);
    const before = performance.now();
    re.test(text);
    re.exec(text);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe("maxBacktrackingChars()", () => {
  it.each([
    "^(?s:(.*))$",
    "^(?s:([^:]+)(?::\\d+)?;(\\d+))$",
    "level=(\\w+)",
    "(?i)error|warn",
    "(?:\\d{1,3}\\.){3}\\d{1,3}",
    "\\b(?:\\d[ -]?){13,16}\\b",
  ])("lets JavaScript's engine run the usual: %s", (pattern) => {
    const node = parsePattern(pattern);
    expect(node && maxBacktrackingChars(node)).toBeGreaterThanOrEqual(1_000);
  });
});

describe("both engines", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "ab",
    ".",
    "[ab]",
    "[^a]",
    "\\d",
    "\\w",
    "\\s",
    "\\b",
    "^",
    "$",
    "\\x61",
    "\\Qa.\\E",
    "[[:alpha:]]",
    "(?i:K)",
    "(?s:.)",
    "(?m:^b$)",
    "é",
    "1",
    "\\.",
    "-",
    "}",
    "]",
    "[]a]",
    "[a\\]-]",
    "\\n",
  );
  const pattern = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      piece,
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(${a}|${b})`),
      fc
        .tuple(tie("node"), fc.constantFrom("*", "+", "?", "*?", "{2}", "{1,3}", "{2,}"))
        .map(([a, q]) => `(?:${a})${q}`),
    ),
  })).node as fc.Arbitrary<string>;
  const text = fc
    .array(fc.constantFrom("a", "b", "A", "k", "K", "1", ".", " ", "\n", "é", "😀", "-"), { maxLength: 12 })
    .map((all) => all.join(""));

  it("find the same match with the same groups", () => {
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        const re = re2(source);
        const matcher = RE2JS.compile(source).matcher(input);
        const expected = matcher.find(0)
          ? [
              matcher.start(),
              matcher.end(),
              ...Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined),
            ]
          : undefined;
        const match = re.exec(input);
        expect(match && [match.start, match.end, ...match.groups]).toEqual(expected);
        expect(re.test(input)).toBe(expected !== undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});
