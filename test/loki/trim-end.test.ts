import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trimEnd } from "../../shared/loki/trim-end.ts";

describe("trimEnd()", () => {
  it("does what a pattern does", () => {
    const text = fc.array(fc.constantFrom("\r", "\n", "x", "é"), { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (given) => {
        expect(trimEnd(given, "\r\n")).toBe(given.replace(/[\r\n]+$/, ""));
      }),
    );
  });

  it("does not mind a long run that does not stand at the end", () => {
    const start = performance.now();
    trimEnd(`${"\r".repeat(5_000_000)}x`, "\r\n");
    expect(performance.now() - start).toBeLessThan(500);
  });
});
