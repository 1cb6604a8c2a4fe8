import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLayout } from "../../shared/loki/go-time.ts";
import { parseRfc3339 } from "../../shared/loki/rfc3339.ts";

const byLayout = compileLayout("2006-01-02T15:04:05Z07:00");

describe("parseRfc3339()", () => {
  it("reads every date as the platform does", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (date) => {
          expect(parseRfc3339(date.toISOString())).toBe(BigInt(date.getTime()) * 1_000_000n);
        },
      ),
    );
  });

  it.each([
    "2024-02-29T12:34:56Z",
    "2024-02-29T12:34:56.5+02:00",
    "2023-02-29T12:34:56Z",
    "2024-02-29T12:34:56",
    "2024-02-29T24:00:00Z",
    "2024-02-29T12:60:00Z",
    "2024-02-29T12:34:56.Z",
    "2024-02-29T12:34:56,123456789123Z",
    "2024-02-29T12:34:56-24:00",
    "2024-02-29T12:34:56+25:00",
    "2024-02-29 12:34:56Z",
    "2024-2-29T12:34:56Z ",
    "0000-01-01T00:00:00Z",
    "2024-02-29T12:34:56Zx",
    "",
  ])("agrees with the layout about %j", (text) => {
    expect(parseRfc3339(text)).toBe(byLayout(text));
  });
});
