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
    ["%v %b %x %.1f", [1e6, 1.5, 0.1, 2.25], "1e+06 6755399441055744p-52 0x1.999999999999ap-04 2.2"],
    ["%q %+q %#q", ["é\u00ad", "é", 'a"b'], '"é\\u00ad" "\\u00e9" `a"b`'],
    [
      "%q %x %d",
      [Uint8Array.of(0x68, 0xc3, 0xa9, 0xff), Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
      '"hé\\xff" 0102 [1 2]',
    ],
    ["%*d|%[3]v|%z", [4n, 7n, true], "   7|true|%!z(MISSING)"],
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
