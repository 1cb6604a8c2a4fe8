import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createByteSearch } from "../../shared/loki/byte-search.ts";
import { compileByteJudge } from "../../shared/re2/byte-judge.ts";
import { compileRe2 } from "../../shared/re2/re2.ts";

const patterns = [
  "^\\d{4}-\\d{2}-\\d{2}",
  "^\\d{4}-\\d{2}-\\d{2} error$",
  "^\\[?a",
  "^a+",
  "^a+b*",
  "^a{2,3}",
  "^(?:ab)(c|d)?",
  "^(a|b)",
  "^",
  "^$",
  "^\\S",
  "^.",
  "^[^x]y",
  "(?m)^abc",
  "^\u00e9a",
  "error",
  "err(or)+s?",
  "(?i)error",
  "abc|error",
  "abc|",
  "x*error.*warn",
  "(abc){2}",
  "(abc){0,2}",
  "\\berror\\b",
  ".*(abc|error|warnings).*",
  "abc.def$",
];
const pieces = fc.constantFrom(
  "a",
  "b",
  "ab",
  "abc",
  "error",
  "warn",
  "warnings",
  "2024-01-02",
  " ",
  "x",
  "y",
  "\u00e9",
  "\u{1f600}",
  "\n",
  "def",
  "Error",
);
const texts = fc.array(
  fc.array(pieces, { maxLength: 5 }).map((each) => each.join("")),
  { minLength: 1, maxLength: 6 },
);

describe("compileByteJudge()", () => {
  it.each(patterns)("says of %s what the engine says of the text, or nothing", (pattern) => {
    const compiled = compileRe2(pattern);
    if (compiled.kind === "rejected") throw new Error(compiled.message);
    const judge = compileByteJudge(pattern, createByteSearch);
    fc.assert(
      fc.property(texts, (lines) => {
        const block = Buffer.from(lines.join("|"));
        let at = 0;
        for (const text of lines) {
          const to = at + Buffer.byteLength(text);
          const verdict = judge(block, at, to);
          if (verdict !== undefined) expect([text, verdict]).toEqual([text, compiled.re2.test(text)]);
          at = to + 1;
        }
      }),
    );
  });

  it.each([
    ["^\\d{4}-", "2024-01", true],
    ["^\\d{4}-", "\tat com", false],
    ["^\\d+ error", "x", false],
    ["error|warning", "all is well", false],
    ["level.*(info|warning)", "all is well", false],
  ])("needs no text for %s in %s", (pattern, text, expected) => {
    const block = Buffer.from(text);
    expect(compileByteJudge(pattern, createByteSearch)(block, 0, block.length)).toBe(expected);
  });
});

describe("createByteSearch()", () => {
  it("looks at no more lines for a while when most of them have the text", () => {
    const search = createByteSearch("abc");
    const block = Buffer.from("abc ".repeat(1000));
    const answers = Array.from({ length: 1000 }, (_, index) => search.has(block, 4 * index, 4 * index + 4));
    expect([answers[0], answers[255], answers[300]]).toEqual([true, true, undefined]);
  });
});
