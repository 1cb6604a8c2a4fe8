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
    ["%.0f|%.1f|%.2e", [0.5, 0.25, 1.125], "0|0.2|1.12e+00"],
    ["%v|%g|%x", [1e20, 1_234_567, 1.5], "1e+20|1.234567e+06|0x1.8p+00"],
    ["%*d|%.*f|%[2]d", [5n, 7n, 1n, 2.5], "    7|2.5|7"],
    ["%*d|%[x]d|%[9]d", ["a", 1n], "%!(BADWIDTH)1|%!d(BADINDEX)|%!d(BADINDEX)"],
    ["%#d|%06v|%.3T", ["a", Number.POSITIVE_INFINITY, 1.5], "%!d(string=a)|  +Inf|flo"],
  ] as const)("writes %s as Go does", (format, values, expected) => {
    expect(goFormat(format, values)).toBe(expected);
  });
});
