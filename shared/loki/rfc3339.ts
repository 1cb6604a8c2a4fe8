import { joinTime, type SplitTime } from "./split-time.ts";

const zero = 48;
const minLength = "2006-01-02T15:04:05Z".length;
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const secondsPerDay = 86_400;

/** Longer texts are no times: a fraction may have any number of digits, but nobody writes as many. */
const maxLength = 256;
const scratch = Buffer.alloc(maxLength);
const [dash, colon, point, comma, plus, upperT, upperZ] = [0x2d, 0x3a, 0x2e, 0x2c, 0x2b, 0x54, 0x5a];

/**
 * Nanoseconds since 1970 of an RFC 3339 time with `T` and `Z` in upper case and `.` or `,` before a fraction, as Go's parser takes
 * it; undefined for other text.
 */
export function parseRfc3339(text: string): bigint | undefined {
  const { length } = text;
  if (length < minLength || length > maxLength) return undefined;
  for (let at = 0; at < length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 127) return undefined;
    scratch[at] = unit;
  }
  const time = parseRfc3339Bytes(scratch, 0, length);
  return time && joinTime(time.seconds, time.nanos);
}

/** The same for bytes. It is the time of nearly every line, hence by hand. */
export function parseRfc3339Bytes(bytes: Buffer, from: number, to: number): SplitTime | undefined {
  if (to - from < minLength) return undefined;
  const year = digits(bytes, from, 4);
  const month = digits(bytes, from + 5, 2);
  const day = digits(bytes, from + 8, 2);
  const hour = digits(bytes, from + 11, 2);
  const minute = digits(bytes, from + 14, 2);
  const second = digits(bytes, from + 17, 2);
  if (bytes[from + 4] !== dash || bytes[from + 7] !== dash || bytes[from + 10] !== upperT) return undefined;
  if (bytes[from + 13] !== colon || bytes[from + 16] !== colon) return undefined;
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59))
    return undefined;
  if (!(hour >= 0 && minute >= 0 && second >= 0) || day > lastDay(year, month)) return undefined;
  let at = from + 19;
  let nanos = 0;
  if (bytes[at] === point || bytes[at] === comma) {
    const end = digitsEnd(bytes, at + 1, to);
    if (end === at + 1) return undefined;
    nanos = fraction(bytes, at + 1, Math.min(end, at + 10));
    at = end;
  }
  const offset = offsetAt(bytes, at, to);
  if (offset === undefined) return undefined;
  return { seconds: days(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second - offset, nanos };
}

/** Seconds ahead of UTC, of `Z` or `+01:00` that ends at `to`. */
function offsetAt(bytes: Buffer, at: number, to: number): number | undefined {
  if (at >= to) return undefined;
  if (bytes[at] === upperZ) return at + 1 === to ? 0 : undefined;
  const sign = bytes[at] === plus ? 1 : bytes[at] === dash ? -1 : 0;
  if (sign === 0 || at + 6 !== to || bytes[at + 3] !== colon) return undefined;
  const [hours, minutes] = [digits(bytes, at + 1, 2), digits(bytes, at + 4, 2)];
  return hours >= 0 && hours <= 24 && minutes >= 0 && minutes < 60 ? sign * (hours * 3600 + minutes * 60) : undefined;
}

/** A number of `count` digits; -1 where something else stands. */
function digits(bytes: Buffer, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = (bytes[at] as number) - zero;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Nanoseconds of at most nine digits behind the point. */
function fraction(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < from + 9; at += 1) value = value * 10 + (at < end ? (bytes[at] as number) - zero : 0);
  return value;
}

function digitsEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) >= zero && (bytes[at] as number) <= zero + 9) at += 1;
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
