import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "../../shared/delivery/retry-after.ts";

// 1994-11-06, ten seconds before the instant that RFC 9110 gives as its example.
const now = Date.UTC(1994, 10, 6, 8, 49, 27);

describe("parseRetryAfter()", () => {
  it.each([
    ["seconds", "30", 30_000],
    ["zero", "0", 0],
    ["seconds with spaces around", " 7 ", 7000],
    ["an IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 10_000],
    ["an RFC 850 date", "Sunday, 06-Nov-94 08:49:37 GMT", 10_000],
    ["an asctime date", "Sun Nov  6 08:49:37 1994", 10_000],
    ["a date in the past", "Sun, 06 Nov 1994 08:00:00 GMT", 0],
    ["a day", "86400", 86_400_000],
  ])("reads %s", (_, text, expected) => {
    expect(parseRetryAfter(text, now)).toBe(expected);
  });

  it.each([
    ["nothing", undefined],
    ["empty text", ""],
    ["words", "soon"],
    ["a negative number", "-30"],
    ["a fraction", "1.5"],
    ["an exponent", "1e3"],
    ["hexadecimal", "0x10"],
    ["a list", "30, 60"],
    ["more than a day", "86401"],
    ["a huge number", "99999999999999999999"],
    ["a date more than a day ahead", "Tue, 08 Nov 1994 08:49:37 GMT"],
    ["a date without a zone", "Sun, 06 Nov 1994 08:49:37"],
    ["a date in another zone", "Sun, 06 Nov 1994 08:49:37 CET"],
    ["an ISO date", "1994-11-06T08:49:37Z"],
    ["a day that no month has", "Sun, 32 Nov 1994 08:49:37 GMT"],
    ["an hour that no day has", "Sun, 06 Nov 1994 24:49:37 GMT"],
  ])("falls back to ordinary backoff for %s", (_, text) => {
    expect(parseRetryAfter(text, now)).toBeUndefined();
  });

  it("takes a year of two digits for the nearest one that is not far ahead", () => {
    const today = Date.UTC(2026, 10, 20, 12, 0, 0);
    expect(parseRetryAfter("Friday, 20-Nov-26 12:00:30 GMT", today)).toBe(30_000);
    expect(parseRetryAfter("Sunday, 06-Nov-94 08:49:37 GMT", today)).toBe(0);
  });

  it("never answers anything but a delay within a day", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 4e12 }), (text, nowMs) => {
        const ms = parseRetryAfter(text, nowMs);
        expect(ms === undefined || (ms >= 0 && ms <= 86_400_000)).toBe(true);
      }),
    );
  });
});
