import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quote } from "../shared/go-quote.ts";
import { unquoteAt } from "../shared/go-string.ts";

describe("unquoteAt()", () => {
  it.each([
    [String.raw`"\a\b\f\n\r\t\v\\\""`, '\x07\b\f\n\r\t\v\\"'],
    [String.raw`"\x41\101\u00e9\U0001F600"`, "AAé😀"],
    // Bytes that only together make a letter.
    [String.raw`"\xc3\xa9"`, "é"],
    // A byte order mark is a character like any other.
    [String.raw`"\xef\xbb\xbfa"`, "\ufeffa"],
    ["`a\\n\r\nb`", "a\\n\nb"],
  ])("reads %s", (literal, text) => {
    expect(unquoteAt(`<${literal}>`, 1)).toEqual({ text, end: literal.length + 1 });
  });

  it.each([String.raw`"\d"`, String.raw`"\400"`, String.raw`"\x4"`, String.raw`"\ud800"`, '"a', "`a", "a", '"a\nb"'])(
    "refuses %j",
    (literal) => {
      expect(unquoteAt(literal, 0)).toBeUndefined();
    },
  );

  it("takes a newline between double quotes where the language has it", () => {
    expect(unquoteAt('"a\nb"', 0, { newlines: true })?.text).toBe("a\nb");
  });

  it("reads whatever quote() wrote", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(unquoteAt(quote(text), 0)).toEqual({ text, end: quote(text).length });
      }),
    );
  });
});
