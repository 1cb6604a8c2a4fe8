import { type TimeZone, timeZone } from "../../time-zone.ts";
import { Failure } from "../failure.ts";
import { TimeValue } from "../value.ts";
import { days, type FormatPiece, months, type TimeFormat } from "./time-format.ts";

/** What was read so far; `rest` is the text that is left. */
interface Reading {
  rest: string;
  year?: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  half?: "am" | "pm";
  offsetSeconds?: number;
  zone?: string;
}

/** Takes a part off the text; undefined where it is not there. */
type Read = (reading: Reading) => string | undefined;

const shortDays = days.map((name) => name.slice(0, 3));
const shortMonths = months.map((name) => name.slice(0, 3));
/** Before these blanks are skipped. */
const isAfterBlanks = /[YyEmoqdegHIlMSzwijk]/;

const oneOrTwo = /^\d\d?/;
const readers: Readonly<Record<string, Read>> = {
  Y: number("year", /^\d{4}/),
  y: (reading) => shortYear(reading),
  E: (reading) => number("year", /^\d{4}/)(reading) ?? shortYear(reading),
  m: number("month", oneOrTwo),
  o: number("month", oneOrTwo),
  q: number("month", oneOrTwo),
  b: named("month", shortMonths),
  B: named("month", months),
  d: number("day", oneOrTwo),
  e: number("day", oneOrTwo),
  g: number("day", oneOrTwo),
  a: named(undefined, shortDays),
  A: named(undefined, days),
  H: number("hour", oneOrTwo),
  I: number("hour", oneOrTwo),
  l: number("hour", oneOrTwo),
  p: half(/^(?:AM|PM)/),
  P: half(/^(?:am|pm)/),
  M: number("minute", oneOrTwo),
  S: number("second", oneOrTwo),
  Z: (reading) => {
    const text = take(
      reading,
      /^(?:UTC|[CM][he]ST|GMT(?:[-+]\d{1,2})?|[-+]\d{1,2}|WITA|[A-Z]{4}T|[A-Z]{3}T?)(?![A-Z])/,
    );
    if (text !== undefined) reading.zone = text;
    return text;
  },
  z: offset(/^(?:Z|[-+]\d{4}|[-+]\d\d:\d\d|[-+]\d\d)/),
  j: offset(/^[-+]\d\d:\d\d/),
  i: offset(/^[-+]\d\d/),
  k: offset(/^[-+]\d\d:\d\d:\d\d/),
  w: offset(/^[-+]\d{6}/),
};

/** Reads a time as Go does; throws `Failure` for text that the format does not fit. */
export function parseTime(
  text: string,
  { format, pieces }: TimeFormat,
  { zone: location, now }: { readonly zone: TimeZone; readonly now: () => bigint },
): TimeValue {
  const fail = (why: string): Failure =>
    new Failure(`parsing time ${JSON.stringify(text.slice(0, 200))} as ${JSON.stringify(format)}: ${why}`);
  if (text === "") throw new Failure("time cannot be nil");
  const reading: Reading = { rest: text, month: 1, day: 1, hour: 0, minute: 0, second: 0, nanosecond: 0 };
  for (const [index, piece] of pieces.entries())
    if (!readPiece(piece, reading, pieces.slice(index + 1))) throw fail(`cannot parse ${JSON.stringify(reading.rest)}`);
  if (reading.rest !== "") throw fail(`extra text: ${JSON.stringify(reading.rest)}`);
  const { month, day, minute, second, half: ofDay } = reading;
  if (month < 1 || month > 12) throw fail("month out of range");
  const isHalf = pieces.some((piece) => piece.kind === "directive" && "Il".includes(piece.letter));
  if (reading.hour > (isHalf ? 12 : 23)) throw fail("hour out of range");
  if (minute > 59) throw fail("minute out of range");
  if (second > 59) throw fail("second out of range");
  if (day < 1 || day > new Date(Date.UTC(reading.year || 2000, month, 0)).getUTCDate()) throw fail("day out of range");
  if (ofDay === "pm" && reading.hour < 12) reading.hour += 12;
  else if (ofDay === "am" && reading.hour === 12) reading.hour = 0;
  return timeOf(reading, location, now);
}

function timeOf(reading: Reading, location: TimeZone, now: () => bigint): TimeValue {
  const wallMs = wallMsOf(reading, now);
  const nanosecond = BigInt(reading.nanosecond);
  const at = (offsetSeconds: number, name: string): TimeValue =>
    new TimeValue(BigInt(wallMs - offsetSeconds * 1000) * 1_000_000n + nanosecond, offsetSeconds / 60, name);
  const wall = wallMs / 1000;
  const local = location.offsetOfWall(wall);
  if (reading.offsetSeconds !== undefined) {
    const { offsetSeconds } = reading;
    return at(offsetSeconds, offsetSeconds === local ? location.nameOfWall(wall) : offsetSeconds === 0 ? "UTC" : "");
  }
  if (reading.zone === undefined) return at(local, location.nameOfWall(wall));
  if (reading.zone === "UTC") return at(0, "UTC");
  const known = location.offsetOfName(reading.zone, wall);
  if (known !== undefined) return at(known, reading.zone);
  const hours = /^GMT([-+]\d+)$/.exec(reading.zone)?.[1];
  if (hours !== undefined && Number(hours) !== 0) return at(Number(hours) * 3600, reading.zone);
  const zone = zoneNamed(reading.zone);
  if (!zone) throw new Failure(`failed to load location ${reading.zone}: unknown time zone ${reading.zone}`);
  return at(zone.offsetOfWall(wall), zone.nameOfWall(wall));
}

const zones = new Map<string, TimeZone | undefined>();
const maxZones = 100;
/** Of the abbreviations those that the database of time zones has as names of zones; it has no PST. */
const abbreviated = new Set("CET EET EST GMT HST MET MST PRC ROC ROK UCT WET".split(" "));

function zoneNamed(name: string): TimeZone | undefined {
  if (!zones.has(name)) {
    if (zones.size >= maxZones) zones.clear();
    zones.set(name, abbreviated.has(name) ? timeZone(name) : undefined);
  }
  return zones.get(name);
}

/** A time without a year is of this one, or of the last if that would be more than a week from now. */
function wallMsOf({ year = 0, month, day, hour, minute, second }: Reading, now: () => bigint): number {
  const inYear = (which: number): number => {
    const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
    return date.setUTCFullYear(which, month - 1, day);
  };
  if (year > 0) return inYear(year);
  const nowMs = Number(now() / 1_000_000n);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const ms = inYear(thisYear);
  return ms > nowMs + 7 * 86_400_000 ? inYear(thisYear - 1) : ms;
}

function readPiece(piece: FormatPiece, reading: Reading, behind: readonly FormatPiece[]): boolean {
  if (piece.kind === "text") return skipText(piece.text, reading);
  if (piece.kind === "fraction") {
    readFraction(reading);
    return true;
  }
  const { letter } = piece;
  if (isAfterBlanks.test(letter)) reading.rest = reading.rest.replace(/^\s+/, "");
  if (readers[letter]?.(reading) === undefined) return false;
  // A fraction that the format does not have.
  if (letter === "S" && behind.find((each) => each.kind !== "text")?.kind !== "fraction") readFraction(reading);
  return true;
}

/** A run of blanks fits any number of them. */
function skipText(text: string, reading: Reading): boolean {
  for (const part of text.match(/ +|[^ ]+/g) ?? []) {
    if (part.startsWith(" ")) {
      if (reading.rest !== "" && !reading.rest.startsWith(" ")) return false;
      reading.rest = reading.rest.replace(/^ +/, "");
    } else if (reading.rest.startsWith(part)) reading.rest = reading.rest.slice(part.length);
    else return false;
  }
  return true;
}

function readFraction(reading: Reading): void {
  const text = take(reading, /^[.,]\d+/);
  if (text !== undefined) reading.nanosecond = Number(text.slice(1, 10).padEnd(9, "0"));
}

function take(reading: Reading, pattern: RegExp): string | undefined {
  const text = pattern.exec(reading.rest)?.[0];
  if (text !== undefined) reading.rest = reading.rest.slice(text.length);
  return text;
}

function number(part: "year" | "month" | "day" | "hour" | "minute" | "second", pattern: RegExp): Read {
  return (reading) => {
    const text = take(reading, pattern);
    if (text !== undefined) reading[part] = Number(text);
    return text;
  };
}

function shortYear(reading: Reading): string | undefined {
  const text = take(reading, /^\d\d/);
  if (text !== undefined) reading.year = Number(text) + (Number(text) >= 69 ? 1900 : 2000);
  return text;
}

function named(part: "month" | undefined, names: readonly string[]): Read {
  const pattern = new RegExp(`^(?:${names.join("|")})`, "i");
  return (reading) => {
    const text = take(reading, pattern);
    const index = names.findIndex((name) => name.toLowerCase() === text?.toLowerCase());
    if (part && index >= 0) reading[part] = index + 1;
    return text;
  };
}

function half(pattern: RegExp): Read {
  return (reading) => {
    const text = take(reading, pattern);
    if (text !== undefined) reading.half = text.toLowerCase() === "am" ? "am" : "pm";
    return text;
  };
}

function offset(pattern: RegExp): Read {
  return (reading) => {
    const text = take(reading, pattern);
    if (text === undefined) return undefined;
    const [hours = "0", minutes = "0", seconds = "0"] = text.replace(/[^\d]/g, "").match(/\d\d/g) ?? [];
    if (Number(hours) > 24 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    const value = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    reading.offsetSeconds = text.startsWith("-") ? -value : value;
    return text;
  };
}
