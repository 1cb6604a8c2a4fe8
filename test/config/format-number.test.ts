import { describe, expect, test } from "vitest";
import { formatNumber } from "../../shared/config/format-number.ts";

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
});
