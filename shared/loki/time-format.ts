import { type TimeZone, utc } from "../time-zone.ts";
import { compileLayout } from "./go-time.ts";
import { parseRfc3339 } from "./rfc3339.ts";

/** Layouts that have a name; they are UTC where the text names no zone. */
const named: Readonly<Record<string, string>> = {
  ANSIC: "Mon Jan _2 15:04:05 2006",
  UnixDate: "Mon Jan _2 15:04:05 MST 2006",
  RubyDate: "Mon Jan 02 15:04:05 -0700 2006",
  RFC822: "02 Jan 06 15:04 MST",
  RFC822Z: "02 Jan 06 15:04 -0700",
  RFC850: "Monday, 02-Jan-06 15:04:05 MST",
  RFC1123: "Mon, 02 Jan 2006 15:04:05 MST",
  RFC1123Z: "Mon, 02 Jan 2006 15:04:05 -0700",
};
const units: Readonly<Record<string, bigint>> = { UnixMs: 1_000_000n, UnixUs: 1000n, UnixNs: 1n };
const maxInt64 = 9_223_372_036_854_775_807n;

/**
 * Compiles a format of `stage.timestamp`: a name or a layout of Go. The result gives nanoseconds since 1970, undefined for a text that
 * does not fit. A layout without a year means the year that is nearest to `now` (milliseconds).
 */
export function compileTimeFormat(
  format: string,
  zone: TimeZone = utc,
  now: () => number,
): (text: string) => bigint | undefined {
  if (isRfc3339(format)) return parseRfc3339;
  if (format === "Unix") return parseUnix;
  const unit = Object.hasOwn(units, format) ? units[format] : undefined;
  if (unit !== undefined) return (text) => inRange(integer(text), unit);
  const layout = Object.hasOwn(named, format) ? named[format] : undefined;
  if (layout !== undefined) return compileLayout(layout);
  return format.includes("06")
    ? compileLayout(format, zone)
    : compileLayout(format, zone, (month) => nearestYear(month, now()));
}

/** Whether a format is the one that `parseRfc3339Bytes` reads. */
export function isRfc3339(format: string): boolean {
  return format === "RFC3339" || format === "RFC3339Nano";
}

function integer(text: string): bigint | undefined {
  return /^[+-]?[0-9]{1,20}$/.test(text) ? BigInt(text.replace("+", "")) : undefined;
}

function inRange(value: bigint | undefined, unit: bigint): bigint | undefined {
  if (value === undefined) return undefined;
  const nanos = value * unit;
  return nanos > maxInt64 || nanos < -maxInt64 ? undefined : nanos;
}

function parseUnix(text: string): bigint | undefined {
  const [whole = "", fraction, ...rest] = text.split(".");
  const seconds = inRange(integer(whole), 1_000_000_000n);
  if (seconds === undefined || rest.length > 0) return undefined;
  if (fraction === undefined) return seconds;
  return /^[0-9]+$/.test(fraction) ? seconds + BigInt(fraction.slice(0, 9).padEnd(9, "0")) : undefined;
}

/** The year of a month that stands without one: December read in January is of last year, January read in December of the next. */
export function nearestYear(month: number, nowMs: number): number {
  const now = new Date(nowMs);
  const isLast = month === 12 && now.getUTCMonth() === 0;
  const isNext = month === 1 && now.getUTCMonth() === 11;
  return now.getUTCFullYear() + (isNext ? 1 : 0) - (isLast ? 1 : 0);
}
