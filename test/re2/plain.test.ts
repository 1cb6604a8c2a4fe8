import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { plainPattern } from "../../shared/re2/plain.ts";

/** What RE2 says of a pattern: its groups' names, or that it is wrong. */
function judged(pattern: string): readonly (string | undefined)[] | "wrong" {
  try {
    const compiled = RE2JS.compile(pattern);
    const names = new Array<string | undefined>(compiled.groupCount() + 1).fill(undefined);
    for (const [name, index] of Object.entries(compiled.namedGroups())) names[index] = name;
    return names;
  } catch {
    return "wrong";
  }
}

const pieces = [
  ..."ab1_é😀 ,:-]}{[)(|*+?^$.\\",
  "[a-z]",
  "[^\\w.-]",
  "[-a]",
  "[a-]",
  "[\\d-z]",
  "[b-a]",
  "[a-b-c]",
  "[\\x41-\\x5a]",
  "[]a]",
  "[[:alpha:]]",
  "[a-\\d]",
  "\\d",
  "\\b",
  "\\pL",
  "\\Qa",
  "\\E",
  "\\1",
  "\\_",
  "\\x4",
  "\\x41",
  "\\C",
  "(?i)",
  "(?-s)",
  "(?U)",
  "(?:",
  "(?P<a>",
  "(?<b>",
  "(?P<1>",
  "(?P<é>",
  "(?i-m:",
  "(?=",
  "(?)",
  "{2}",
  "{2,}",
  "{1,3}",
  "{3,1}",
  "{,3}",
  "{02}",
  "{1000}",
  "{1001}",
  "{40}",
  "*?",
  "\uD800",
];

describe("plainPattern()", () => {
  it.each([
    ["\\b(?:\\d[ -]?){13,16}\\b", [undefined]],
    ["^(?s:(?P<level>[a-z]+)=(\\d+)?)$", [undefined, "level", undefined]],
    ["", [undefined]],
    ["a||b|", [undefined]],
    ["([^;]+);(?i:x)", [undefined, undefined]],
  ])("reads %s", (pattern, groupNames) => {
    expect(plainPattern(pattern)).toEqual({ groupNames });
  });

  it.each(["(", "a**", "[z-a]", "(?P<n>a)(?P<n>b)", "(a{40}){40}", "\\pL", "\\q", "x{1001}", "a".repeat(1001)])(
    "leaves %s to RE2",
    (pattern) => {
      expect(plainPattern(pattern)).toBeUndefined();
    },
  );

  it("accepts nothing that RE2 refuses, and finds the same groups", () => {
    const pattern = fc.array(fc.constantFrom(...pieces), { maxLength: 10 }).map((all) => all.join(""));
    fc.assert(
      fc.property(pattern, (source) => {
        const plain = plainPattern(source);
        if (plain) expect(plain.groupNames).toEqual(judged(source));
      }),
      { numRuns: 5000 },
    );
  });

  it("is quick with a pattern that is made to be slow", () => {
    for (const pattern of [
      "(".repeat(1000),
      "[".repeat(1000),
      "(?".repeat(500),
      `${"[a".repeat(300)}`,
      "{1".repeat(500),
    ]) {
      expect(plainPattern(pattern)).toBeUndefined();
    }
  });
});
