import { joinTime } from "./split-time.ts";

const zero = 48;
const minLength = "2006-01-02T15:04:05Z".length;
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const secondsPerDay = 86_400;

/**
 * Nanoseconds since 1970 of an RFC 3339 time with `T` and `Z` in upper case and `.` or `,` before a fraction, as Go's parser takes
 * it; undefined for other text. It is the time of nearly every line, hence by hand.
 */
export function parseRfc3339(text: string): bigint | undefined {
  if (text.length < minLength) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (text[4] !== "-" || text[7] !== "-" || text[10] !== "T" || text[13] !== ":" || text[16] !== ":") return undefined;
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59))
    return undefined;
  if (!(hour >= 0 && minute >= 0 && second >= 0) || day > lastDay(year, month)) return undefined;
  let at = 19;
  let nanos = 0;
  if (text[at] === "." || text[at] === ",") {
    const end = digitsEnd(text, at + 1);
    if (end === at + 1) return undefined;
    nanos = fraction(text, at + 1, Math.min(end, at + 10));
    at = end;
  }
  const offset = offsetAt(text, at);
  if (offset === undefined) return undefined;
  const seconds = days(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second - offset;
  return joinTime(seconds, nanos);
}

/** Seconds ahead of UTC, of `Z` or `+01:00` at the end of the text. */
function offsetAt(text: string, at: number): number | undefined {
  if (text[at] === "Z") return at + 1 === text.length ? 0 : undefined;
  const sign = text[at] === "+" ? 1 : text[at] === "-" ? -1 : 0;
  const [hours, minutes] = [digits(text, at + 1, 2), digits(text, at + 4, 2)];
  if (sign === 0 || text[at + 3] !== ":" || at + 6 !== text.length) return undefined;
  return hours >= 0 && hours <= 24 && minutes >= 0 && minutes < 60 ? sign * (hours * 3600 + minutes * 60) : undefined;
}

/** A number of `count` digits; -1 where something else stands. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = text.charCodeAt(at) - zero;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Nanoseconds of at most nine digits behind the point. */
function fraction(text: string, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < from + 9; at += 1) value = value * 10 + (at < end ? text.charCodeAt(at) - zero : 0);
  return value;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) >= zero && text.charCodeAt(at) <= zero + 9) at += 1;
  return at;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function lastDay(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (daysIn[month - 1] ?? 0);
}

/** Days since 1970. */
function days(year: number, month: number, day: number): number {
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const leapsTo1970 = 477;
  const own = (daysBefore[month - 1] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0) + day - 1;
  return (year - 1970) * 365 + leaps - leapsTo1970 + own;
}
