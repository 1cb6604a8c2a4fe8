import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText } from "../../shared/loki/json-text.ts";
import { textOf } from "../../shared/loki/text-of.ts";

const characters = [
  "a",
  "\u0000",
  "\n",
  '"',
  "\\",
  "/",
  "\u00e9",
  "\u20ac",
  "\u{1f600}",
  "\ud800",
  "\udc00",
  "\t",
  "x".repeat(60),
];
const written = fc
  .array(fc.constantFrom(...characters, "long enough to be copied at once, without a loop\n"))
  .map((each) => each.join(""));

/** A text as JSON: some of its characters as numbers. */
function json(text: string, seed: number): string {
  const units = text.split("").map((unit, index) => {
    const isNumber = (index * 7 + seed) % 3 === 0 || /[\ud800-\udfff]/.test(unit);
    return isNumber ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}` : JSON.stringify(unit).slice(1, -1);
  });
  return units.join("");
}

describe("jsonText()", () => {
  it("gives the text that JSON.parse gives, as UTF-8, or nothing where it has none", () => {
    fc.assert(
      fc.property(written, fc.nat(2), (text, seed) => {
        const inside = json(text, seed);
        const block = Buffer.from(`"${inside}"`);
        const escapeAt = block.indexOf("\\");
        if (escapeAt < 0) return;
        const range = jsonText({ block, from: 1, to: block.length - 1 }, escapeAt);
        const expected: string = JSON.parse(`"${inside}"`);
        expect(range && textOf(range.block, range.from, range.to)).toBe(expected.isWellFormed() ? expected : undefined);
      }),
    );
  });

  it("keeps what it made before", () => {
    const block = Buffer.from("a\\n");
    const ranges = Array.from({ length: 50_000 }, () => jsonText({ block, from: 0, to: 3 }, 1));
    expect(new Set(ranges.map((range) => range?.block.toString("utf8", range.from, range.to)))).toEqual(
      new Set(["a\n"]),
    );
  });
});
