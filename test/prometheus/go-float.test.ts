import { describe, expect, it } from "vitest";
import {
  formatDecimalFloat,
  formatGoFloat,
  formatOpenMetricsFloat,
  GoFloatReader,
  parseGoFloat,
  parseGoLiteral,
} from "../../shared/prometheus/go-float.ts";

describe("formatGoFloat()", () => {
  it.each([
    [1e5, "100000", "100000.0", "100000"],
    [1e6, "1e+06", "1e+06", "1000000"],
    [123456789, "1.23456789e+08", "1.23456789e+08", "123456789"],
    [1e21, "1e+21", "1e+21", "1000000000000000000000"],
    [0.0001, "0.0001", "0.0001", "0.0001"],
    [0.00001, "1e-05", "1e-05", "0.00001"],
    [-0, "-0", "-0.0", "-0"],
    [-2.5, "-2.5", "-2.5", "-2.5"],
    [1.25e-7, "1.25e-07", "1.25e-07", "0.000000125"],
    [Number.NEGATIVE_INFINITY, "-Inf", "-Inf", "-Inf"],
    [Number.NaN, "NaN", "NaN", "NaN"],
  ])("prints %d", (value, go, openMetrics, decimal) => {
    expect([formatGoFloat(value), formatOpenMetricsFloat(value), formatDecimalFloat(value)]).toEqual([
      go,
      openMetrics,
      decimal,
    ]);
  });
});

describe("GoFloatReader", () => {
  const texts = [
    // More digits than a double holds: the last one decides.
    "9007199254.740993",
    "9007199254740993",
    "0.9007199254740993e3",
    "1",
    "-0",
    "+.5",
    "5.",
    "1e3",
    "1.5e+09",
    "1E-3",
    "123456789012345678",
    "0.1",
    "9007199254740993",
    "1e22",
    "1e23",
    "1e-400",
    "4.9e-324",
    "Inf",
    "-infinity",
    "NaN",
  ];
  it.each(texts)("reads %s", (text) => {
    const reader = new GoFloatReader();
    expect(reader.read(Buffer.from(text), 0, text.length)).toBe(true);
    expect(reader.value).toBe(parseGoFloat(text));
    expect(reader.value).toBe(/[in]/i.test(text) ? reader.value : Number(text));
  });

  it.each(["", "-", ".", "e5", "1e", "1e+", "0x10", "1_0", "1e400", "--1", "1 ", "+NaN", "infin"])(
    "refuses %j",
    (text) => {
      expect(new GoFloatReader().read(Buffer.from(text), 0, text.length)).toBe(false);
    },
  );
});

describe("parseGoLiteral()", () => {
  it.each([
    ["1_0", 10],
    ["1_0.5_0e1_0", 10.5e10],
    ["0x1p4", 16],
    ["-0X1.8p+1", -3],
    ["0x.8p0", 0.5],
    ["+Inf", Number.POSITIVE_INFINITY],
    ["1__0", undefined],
    ["_1", undefined],
    ["1_", undefined],
    ["1_.5", undefined],
    ["0x1", undefined],
    ["0xp1", undefined],
    ["0x1p9999", undefined],
    ["I_nf", undefined],
  ])("reads %s as Go does", (text, value) => {
    expect(parseGoLiteral(text)).toBe(value);
  });
});
