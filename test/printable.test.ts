import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable, printableJson } from "../shared/printable.ts";
import { anyText } from "./support/any-text.ts";

const hostile = ["\u001b[31m", "\u009b2J", "\u202eabc", "\u2066x", "\u200b", "a\nb", "\u2028", "\u{e0001}", "\u007f"];

describe("printable()", () => {
  it.each(hostile)("leaves nothing of %j that a terminal acts on", (text) => {
    expect(printable(text, 100)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
  });

  it("is bounded", () => expect(printable("a".repeat(500), 10)).toBe(`${"a".repeat(9)}…`));
});

describe("printableJson()", () => {
  it.each(hostile)("says the same as before of %j, and holds nothing that a terminal acts on", (text) => {
    const json = printableJson(JSON.stringify({ text }));
    expect(JSON.parse(json)).toEqual({ text });
    expect(json).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
  });

  it("says the same as before of anything", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(JSON.parse(printableJson(JSON.stringify(text)))).toBe(text);
      }),
    );
  });
});
