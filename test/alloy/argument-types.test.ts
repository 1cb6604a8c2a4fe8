import { describe, expect, it } from "vitest";
import { capsule, list, map, optional, target } from "../../shared/alloy/composite-types.ts";
import { formatDuration, parseDuration } from "../../shared/alloy/duration.ts";
import { goText } from "../../shared/alloy/go-text.ts";
import { any, bool, int, number, uint, whole } from "../../shared/alloy/plain-types.ts";
import { formatSize } from "../../shared/alloy/size.ts";
import { bytesOfText, compareTexts, joinTexts, markBytes, textOfBytes } from "../../shared/alloy/text.ts";
import { duration, oneOf, optionalSecret, secret, size, string } from "../../shared/alloy/text-types.ts";
import {
  float,
  int as intValue,
  optionalSecretValue,
  secretValue,
  uint as uintValue,
  type Value,
} from "../../shared/alloy/value.ts";
import { formatGeneral, formatPlain, parseFloat64 } from "../../shared/go-number.ts";
import { secret as hide } from "../../shared/secret.ts";

const shut = optionalSecretValue({ secret: true, text: hide("s") });
const open = optionalSecretValue({ secret: false, text: hide("o") });
const receiver = capsule<{ readonly n: number }>("storage.Appendable");

describe("argument types", () => {
  const cases: readonly [string, { decode(value: Value): unknown }, Value, unknown][] = [
    ["a number into a string", string, float(1e21), "1000000000000000000000"],
    ["bytes into a string", string, markBytes([intValue(104), intValue(105)], "hi"), "hi"],
    ["an open optional secret into a string", string, open, "o"],
    ["a float into an int", int, float(1.9), 1],
    ["a string into an int", int, "-5", -5],
    ["a string with an exponent into an int", int, "1e3", 1000],
    ["a large string into a uint", uint, "18446744073709551615", 2 ** 64],
    ["a string into a number", number, "1.5", 1.5],
    ["a bool", bool, true, true],
    ["a duration", duration, "1h30m", 5_400_000],
    ["a fraction of a duration", duration, "1.5ms", 1.5],
    ["a negative duration", duration, "-5s", -5_000],
    ["a size", size, "512KiB", 524_288],
    ["a size in MB", size, "10MB", 10 * 1024 * 1024],
    ["null in a list", list(string), ["a", null], ["a", ""]],
    ["a map", map(int), new Map<string, Value>([["a", "1"]]), new Map([["a", 1]])],
    [
      "a target of anything",
      target,
      new Map<string, Value>([
        ["a", intValue(5)],
        ["b", true],
        ["c", ["x", "y"]],
      ]),
      new Map([
        ["a", "5"],
        ["b", "true"],
        ["c", "[x y]"],
      ]),
    ],
    ["any value", any, intValue(1), intValue(1)],
    ["a word", oneOf(["a", "b"]), "b", "b"],
    ["an optional bool", optional(bool), false, false],
  ];
  it.each(cases)("take %s", (_name, type, value, expected) => {
    expect(type.decode(value)).toEqual(expected);
  });

  const refused: readonly [string, { decode(value: Value): unknown }, Value, string][] = [
    ["a bool into a string", string, true, "should be string, got bool"],
    ["a secret into a string", string, secretValue(hide("x")), "secrets may not be converted into strings"],
    ["a shut optional secret into a string", string, shut, "secrets may not be converted into strings"],
    ["a number into a secret", secret, intValue(5), "should be capsule, got number"],
    ["a blank string into an int", int, " 5", "should be number, got string"],
    ["a negative number into a uint", uint, intValue(-1), "must be between 0 and 18446744073709551615, got -1"],
    ["300 into a byte", whole("int8", -128n, 127n), intValue(300), "must be between -128 and 127, got 300"],
    ["days in a duration", duration, "1d", 'time: unknown unit "d" in duration "1d"'],
    ["a number as a duration", duration, intValue(5), 'time: missing unit in duration "5"'],
    ["an unknown unit of a size", size, "5XB", "units: unknown unit XB in 5XB"],
    [
      "another capsule",
      receiver,
      { kind: "capsule", type: "loki.LogsReceiver", content: {} },
      'expected capsule("storage.Appendable"), got capsule("loki.LogsReceiver")',
    ],
    [
      "a secret in a target",
      target,
      new Map<string, Value>([["a", shut]]),
      "target::ConvertFrom: cannot use a secret as a target value",
    ],
    ["null in a list of receivers", list(receiver), [null], 'should be capsule("storage.Appendable"), got null'],
  ];
  it.each(refused)("refuse %s", (_name, type, value, message) => {
    expect(() => type.decode(value)).toThrow(message);
  });

  it("hand secrets on, and never show them", () => {
    const decoded = secret.decode(shut);
    expect(decoded.reveal()).toBe("s");
    expect(JSON.stringify([decoded, optionalSecret.encode(decoded)])).not.toContain('"s"');
    expect(optionalSecret.decode(optionalSecret.encode("plain"))).toBe("plain");
  });

  it("encode what they decode", () => {
    const content = { n: 1 };
    expect(receiver.decode(receiver.encode(content))).toBe(content);
    expect(duration.encode(90_000)).toBe("1m30s");
    expect(uint.encode(3)).toEqual(intValue(3));
  });
});

describe("numbers as Go writes them", () => {
  it.each([
    [1e21, "1000000000000000000000", "1e+21"],
    [1.5e-7, "0.00000015", "1.5e-07"],
    [-0, "-0", "-0"],
    [Number.POSITIVE_INFINITY, "+Inf", "+Inf"],
    [123456789, "123456789", "1.23456789e+08"],
  ])("formats %s", (value, plain, general) => {
    expect(formatPlain(value)).toBe(plain);
    expect(formatGeneral(value)).toBe(general);
  });

  it("reads what strconv reads", () => {
    expect([parseFloat64("1e400"), parseFloat64("-Inf"), parseFloat64("0x1p-2"), parseFloat64("1_0")]).toEqual([
      undefined,
      Number.NEGATIVE_INFINITY,
      undefined,
      undefined,
    ]);
  });
});

describe("durations and sizes", () => {
  it.each(["0s", "1.5s", "1h30m0s", "300ms", "5µs", "-2s", "100ns", "1m1s"])("write %s as Go does", (text) => {
    const ms = parseDuration(text);
    expect(typeof ms === "number" && formatDuration(ms)).toBe(text);
  });

  it("write sizes unit by unit", () => {
    expect([0, 5, 524_288, 1_048_576, 1_500].map(formatSize)).toEqual(["0B", "5B", "512KiB", "1MiB", "1KiB476B"]);
  });
});

describe("text", () => {
  it("keeps bytes that are not UTF-8", () => {
    const bytes = Uint8Array.from([0x61, 0xff, 0xc3, 0xa9, 0xed, 0xa0, 0x80, 0xc3]);
    expect(bytesOfText(textOfBytes(bytes))).toEqual(bytes);
  });

  it("joins the halves of a letter", () => {
    expect(joinTexts(textOfBytes(Uint8Array.of(0xc3)), textOfBytes(Uint8Array.of(0xa9)))).toBe("é");
  });

  it("is ordered by bytes", () => {
    expect(compareTexts("\u{10000}", "\uffff")).toBeGreaterThan(0);
    expect(compareTexts("a", "ab")).toBeLessThan(0);
  });

  it("prints values as Go does", () => {
    const value = new Map<string, Value>([
      ["b", [intValue(1), null]],
      ["a", uintValue(2)],
    ]);
    expect(goText(value)).toBe("map[a:2 b:[1 <nil>]]");
  });
});
