import type { TimeZone } from "../../time-zone.ts";
import { Failure, OttlError } from "../failure.ts";
import { zoneText } from "../text.ts";
import { TimeValue } from "../value.ts";

const months = "January February March April May June July August September October November December".split(" ");
const days = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  weekday: number;
  offsetMinutes: number;
  zone: string;
}

type Part = Exclude<keyof Parts, "zone" | "weekday"> | "halfDay" | "shortYear" | "hour12" | "none";

/** A directive: what it reads, into which part, and what it writes. */
interface Directive {
  readonly pattern: string;
  readonly part: Part;
  read(text: string): number;
  write(parts: Parts): string;
}

const number = Number;
const two = (value: number): string => String(value).padStart(2, "0");
const hour12 = ({ hour }: Parts): number => ((hour + 11) % 12) + 1;
const names = (list: readonly string[]): string => list.join("|");
const short = (list: readonly string[]): string[] => list.map((name) => name.slice(0, 3));
const indexIn = (list: readonly string[]) => (text: string) =>
  list.findIndex((name) => name.toLowerCase() === text.toLowerCase());

function numeric(part: Part, pattern: string, write: (parts: Parts) => string): Directive {
  return { pattern, part, read: number, write };
}

function fraction(digits: number): Directive {
  return {
    pattern: `\\d{${digits}}`,
    part: "nanosecond",
    read: (text) => Number(text.padEnd(9, "0")),
    write: ({ nanosecond }) => String(nanosecond).padStart(9, "0").slice(0, digits),
  };
}

function zone(pattern: string, write: (offset: number) => string): Directive {
  return {
    pattern: `Z|${pattern}`,
    part: "offsetMinutes",
    read: readZone,
    write: ({ offsetMinutes }) => write(offsetMinutes),
  };
}

function readZone(text: string): number {
  const digits = text.replace(/[^0-9]/g, "");
  if (digits === "") return 0;
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4));
  return text.startsWith("-") ? -minutes : minutes;
}

const plainZone = (offset: number): string => (offset === 0 ? "+00:00" : zoneText(offset));

const directives: Readonly<Record<string, Directive>> = {
  Y: numeric("year", "\\d{4}", ({ year }) => String(year).padStart(4, "0")),
  y: { pattern: "\\d{2}", part: "shortYear", read: number, write: ({ year }) => two(year % 100) },
  m: numeric("month", "\\d{2}", ({ month }) => two(month)),
  q: numeric("month", "\\d{1,2}", ({ month }) => String(month)),
  b: {
    pattern: names(short(months)),
    part: "month",
    read: (text) => indexIn(short(months))(text) + 1,
    write: ({ month }) => (months[month - 1] ?? "").slice(0, 3),
  },
  B: {
    pattern: names(months),
    part: "month",
    read: (text) => indexIn(months)(text) + 1,
    write: ({ month }) => months[month - 1] ?? "",
  },
  d: numeric("day", "\\d{2}", ({ day }) => two(day)),
  e: numeric("day", " ?\\d{1,2}", ({ day }) => String(day).padStart(2, " ")),
  g: numeric("day", "\\d{1,2}", ({ day }) => String(day)),
  a: {
    pattern: names(short(days)),
    part: "none",
    read: () => 0,
    write: ({ weekday }) => (days[weekday] ?? "").slice(0, 3),
  },
  A: { pattern: names(days), part: "none", read: () => 0, write: ({ weekday }) => days[weekday] ?? "" },
  H: numeric("hour", "\\d{1,2}", ({ hour }) => two(hour)),
  I: numeric("hour12", "\\d{2}", (parts) => two(hour12(parts))),
  l: numeric("hour12", "\\d{1,2}", (parts) => String(hour12(parts))),
  p: {
    pattern: "AM|PM",
    part: "halfDay",
    read: (text) => (text.toUpperCase() === "PM" ? 12 : 0),
    write: ({ hour }) => (hour < 12 ? "AM" : "PM"),
  },
  P: {
    pattern: "am|pm",
    part: "halfDay",
    read: (text) => (text.toUpperCase() === "PM" ? 12 : 0),
    write: ({ hour }) => (hour < 12 ? "am" : "pm"),
  },
  M: numeric("minute", "\\d{2}", ({ minute }) => two(minute)),
  S: numeric("second", "\\d{2}(?:[.,]\\d+)?", ({ second }) => two(second)),
  L: fraction(3),
  f: fraction(6),
  s: fraction(9),
  Z: { pattern: "[A-Z]{3,5}|[-+]\\d{2}", part: "none", read: () => 0, write: ({ zone: name }) => name },
  z: {
    ...zone("[-+]\\d{4}", (offset) => plainZone(offset).replace(":", "")),
    write: ({ offsetMinutes }) => (offsetMinutes === 0 ? "Z" : zoneText(offsetMinutes).replace(":", "")),
  },
  j: zone("[-+]\\d{2}:\\d{2}", plainZone),
  i: zone("[-+]\\d{2}", (offset) => plainZone(offset).slice(0, 3)),
  k: zone("[-+]\\d{2}:\\d{2}:\\d{2}", (offset) => `${plainZone(offset)}:00`),
  w: zone("[-+]\\d{6}", (offset) => `${plainZone(offset).replace(":", "")}00`),
};
const composed: Readonly<Record<string, string>> = {
  D: "%m/%d/%Y",
  F: "%Y-%m-%d",
  T: "%H:%M:%S",
  R: "%H:%M",
  r: "%I:%M:%S %P",
  c: "%a %b %d %H:%M:%S %Y",
  n: "\n",
  t: "\t",
  h: "%b",
};

/** A format that was read: text and directives in order, and the pattern of what it parses. */
export interface TimeFormat {
  readonly format: string;
  readonly parts: readonly (string | Directive)[];
  readonly pattern: RegExp;
}

/** Reads a format of strptime's directives. Throws `OttlError`. */
export function compileTimeFormat(format: string): TimeFormat {
  const expanded = format.replace(/%([A-Za-z])/g, (directive, letter: string) => composed[letter] ?? directive);
  const parts: (string | Directive)[] = [];
  const tokens = expanded.match(/%[\s\S]?|[^%]+/g) ?? [];
  for (const [index, token] of tokens.entries()) {
    if (!token.startsWith("%")) {
      if (/[0-9]/.test(token))
        throw new OttlError("invalid strptime format: format string should not contain decimal digits");
      parts.push(token);
      continue;
    }
    const letter = token.slice(1);
    const directive = Object.hasOwn(directives, letter) ? directives[letter] : undefined;
    if (letter === "%") parts.push("%");
    else if (!directive) throw new OttlError(`invalid strptime format: unsupported directive: ${token}`);
    else {
      if ("Lfs".includes(letter) && !/[.,]$/.test(tokens[index - 1] ?? "")) {
        throw new OttlError(`invalid fractional seconds directive: '${token}'. must be preceded with '.' or ','`);
      }
      parts.push(directive);
    }
  }
  const pattern = parts
    .map((part) => (typeof part === "string" ? part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : `(${part.pattern})`))
    .join("");
  // Seconds take a fraction only where the format has none.
  const takesFraction = !/\[\.,]\\d\+\)\?\)\\[.,]?\(\\d/.test(pattern) && !/%S[.,]%[Lfs]/.test(expanded);
  const source = takesFraction ? pattern : pattern.replaceAll("(?:[.,]\\d+)?", "");
  return { format, parts, pattern: new RegExp(`^${source}$`, "i") };
}

/** Reads a time; throws `Failure` for text that the format does not fit. */
export function parseTime(
  text: string,
  { format, parts, pattern }: TimeFormat,
  { zone: location, now }: { readonly zone: TimeZone; readonly now: () => bigint },
): TimeValue {
  const found = text.length > 200 ? null : pattern.exec(text);
  if (!found) throw new Failure(`parsing time ${JSON.stringify(text)} as ${JSON.stringify(format)}: cannot parse`);
  const values: Partial<Record<Part, number>> = {};
  let group = 1;
  for (const part of parts) {
    if (typeof part === "string") continue;
    const piece = (found[group++] as string).trim();
    const [whole = piece, rest] = part.part === "second" ? piece.split(/[.,]/) : [piece];
    values[part.part] = part.read(whole);
    if (rest !== undefined) values.nanosecond = Number(rest.slice(0, 9).padEnd(9, "0"));
  }
  const year = yearOf(values, now);
  const { month = 1, day = 1, minute = 0, second = 0, nanosecond = 0 } = values;
  const hour = values.hour12 === undefined ? (values.hour ?? 0) : (values.hour12 % 12) + (values.halfDay ?? 0);
  if (month < 1 || month > 12) throw new Failure(`parsing time ${JSON.stringify(text)}: month out of range`);
  if (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate())
    throw new Failure(`parsing time ${JSON.stringify(text)}: day out of range`);
  if (hour > 23 || minute > 59 || second > 59)
    throw new Failure(`parsing time ${JSON.stringify(text)}: time out of range`);
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const hasOwnOffset = values.offsetMinutes !== undefined;
  const offsetMinutes = values.offsetMinutes ?? Math.round(location.offsetOfWall(localMs / 1_000) / 60);
  const name = hasOwnOffset ? "" : location.nameOfWall(localMs / 1_000);
  return new TimeValue(BigInt(localMs - offsetMinutes * 60_000) * 1_000_000n + BigInt(nanosecond), offsetMinutes, name);
}

function yearOf(values: Partial<Record<Part, number>>, now: () => bigint): number {
  if (values.year !== undefined) return values.year;
  if (values.shortYear !== undefined) return values.shortYear + (values.shortYear >= 69 ? 1900 : 2000);
  return new Date(Number(now() / 1_000_000n)).getUTCFullYear();
}

/** Writes a time in its own zone. */
export function formatTime(time: TimeValue, { parts }: TimeFormat): string {
  const local = localParts(time);
  return parts.map((part) => (typeof part === "string" ? part : part.write(local))).join("");
}

/** The parts of a time in its own zone; Sunday is 0. */
export function localParts({ ns, offsetMinutes, zone: name }: TimeValue): Parts {
  const billion = 1_000_000_000n;
  const nanosecond = ((ns % billion) + billion) % billion;
  const date = new Date(Number((ns - nanosecond) / billion) * 1000 + offsetMinutes * 60_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(nanosecond),
    weekday: date.getUTCDay(),
    offsetMinutes,
    zone: name,
  };
}
