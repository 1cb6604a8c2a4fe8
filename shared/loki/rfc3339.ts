import { daysInMonth, daysSince1970 } from "./days.ts";
import { joinTime } from "./split-time.ts";

const zero = 48;
const minLength = "2006-01-02T15:04:05Z".length;
const secondsPerDay = 86_400;

/** Where a time stands in bytes. */
interface TimeBytes {
  readonly block: Buffer;
  readonly from: number;
  readonly to: number;
}

/** Where a time is put. */
interface ReadTime {
  seconds: number;
  nanos: number;
}

/** Longer texts are not times: a fraction may have any number of digits, but nobody writes as many. */
const maxLength = 256;
const scales = Array.from({ length: 10 }, (_, digits) => 10 ** (9 - digits));
const read: ReadTime = { seconds: 0, nanos: 0 };
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
  return readRfc3339({ block: scratch, from: 0, to: length }, read) ? joinTime(read.seconds, read.nanos) : undefined;
}

/** The same for bytes, into `time`; false where there is none. It is the time of nearly every line, hence by hand. */
export function readRfc3339({ block, from, to }: TimeBytes, time: ReadTime): boolean {
  if (to - from < minLength) return false;
  const century = twoDigits(block, from);
  const yearOfCentury = twoDigits(block, from + 2);
  const month = twoDigits(block, from + 5);
  const day = twoDigits(block, from + 8);
  const hour = twoDigits(block, from + 11);
  const minute = twoDigits(block, from + 14);
  const second = twoDigits(block, from + 17);
  if (block[from + 4] !== dash || block[from + 7] !== dash || block[from + 10] !== upperT) return false;
  if (block[from + 13] !== colon || block[from + 16] !== colon) return false;
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23) return false;
  if (minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  const year = century * 100 + yearOfCentury;
  if (day > 28 && day > daysInMonth(year, month)) return false;
  let at = from + 19;
  let nanos = 0;
  if (block[at] === point || block[at] === comma) {
    const end = digitsEnd(block, at + 1, to);
    if (end === at + 1) return false;
    nanos = fraction(block, at + 1, Math.min(end, at + 10));
    at = end;
  }
  const offset = offsetAt(block, at, to);
  if (offset === undefined) return false;
  time.seconds = daysSince1970(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second - offset;
  time.nanos = nanos;
  return true;
}

/** Seconds ahead of UTC, of `Z` or `+01:00` that ends at `to`. */
function offsetAt(bytes: Buffer, at: number, to: number): number | undefined {
  if (at >= to) return undefined;
  if (bytes[at] === upperZ) return at + 1 === to ? 0 : undefined;
  const sign = bytes[at] === plus ? 1 : bytes[at] === dash ? -1 : 0;
  if (sign === 0 || at + 6 !== to || bytes[at + 3] !== colon) return undefined;
  const [hours, minutes] = [twoDigits(bytes, at + 1), twoDigits(bytes, at + 4)];
  return hours >= 0 && hours <= 24 && minutes >= 0 && minutes < 60 ? sign * (hours * 3600 + minutes * 60) : undefined;
}

/** A number of two digits; -1 where something else stands. */
function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [(bytes[at] as number) - zero, (bytes[at + 1] as number) - zero];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** Nanoseconds of at most nine digits behind the point. */
function fraction(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at += 1) value = value * 10 + (bytes[at] as number) - zero;
  return value * (scales[end - from] as number);
}

function digitsEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) >= zero && (bytes[at] as number) <= zero + 9) at += 1;
  return at;
}
