import { describe, expect, it } from "vitest";
import { goFormat } from "../../shared/ottl/functions/go-format.ts";

describe("goFormat()", () => {
  it.each([
    ["%s-%d", ["a", 7n], "a-7"],
    ["%05d|%-5d|%+d", [42n, 42n, 42n], "00042|42   |+42"],
    ["%.2f %e", [2.71, 1234.5], "2.71 1.234500e+03"],
    ["%x %X %q", [255n, "hi", 'a"b'], 'ff 6869 "a\\"b"'],
    ["%v %v %t", [1.5, null, true], "1.5 <nil> true"],
    ["%d%%", ["x"], "%!d(string=x)%"],
    ["%s", [], "%!s(MISSING)"],
    ["a", [1n, "b"], "a%!(EXTRA int64=1, string=b)"],
    ["%5s|%.1s", ["ab", "ab"], "   ab|a"],
  ] as const)("writes %s as Go does", (format, values, expected) => {
    expect(goFormat(format, values)).toBe(expected);
  });
});
