import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatNumber } from "../../shared/config/format-number.ts";
import { parseValue } from "../../shared/config/parse-value.ts";

describe("formatNumber()", () => {
  test.each([
    ["bytes", 0, "0"],
    ["bytes", 1_000, "1000"],
    ["bytes", 1_536, "1536"],
    ["bytes", 65_536, "64KiB"],
    ["bytes", 2 ** 30, "1GiB"],
    ["duration", 1, "1ms"],
    ["duration", 90_000, "90s"],
    ["duration", 300_000, "5m"],
    ["duration", 86_400_000, "24h"],
    ["integer", 60_000, "60000"],
  ] as const)("writes %s %d as %s", (type, value, text) => {
    expect(formatNumber(type, value)).toBe(text);
  });

  test.each(["integer", "bytes", "duration"] as const)("writes %s so that they are read back the same", (type) => {
    const setting = { type, env: "SLUICE_X", help: "x" };
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(parseValue(setting, formatNumber(type, value))).toEqual({ kind: "value", value });
      }),
    );
  });
});
