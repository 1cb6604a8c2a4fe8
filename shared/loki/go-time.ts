import { type TimeZone, utc } from "../time-zone.ts";
import { type LayoutPart, parseLayout } from "./go-layout.ts";

/** A layout that is ready to parse: nanoseconds since 1970, or undefined for a text that does not fit. */
export type ParseTime = (text: string) => bigint | undefined;

const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * Compiles a layout of Go's `time` package. A time without a zone is local time of `zone`, one without a year is of the year
 * that `yearOf` gives for its month.
 */
export function compileLayout(layout: string, zone: TimeZone = utc, yearOf = (_month: number) => 0): ParseTime {
  const parts = parseLayout(layout);
  return (text) => {
    const fields = new Fields(text);
    for (const [index, part] of parts.entries()) if (!fields.read(part, parts.slice(index + 1))) return undefined;
    return fields.isAtEnd() ? fields.time(zone, yearOf) : undefined;
  };
}

/** Reads a text from left to right into the fields of a time. */
class Fields {
  private readonly text: string;
  private at = 0;
  private year: number | undefined;
  private month = -1;
  private day = -1;
  private dayOfYear = -1;
  private hour = 0;
  private minute = 0;
  private second = 0;
  private nanos = 0;
  private half: "am" | "pm" | undefined;
  private offsetSeconds: number | undefined;
  private zoneName = "";

  constructor(text: string) {
    this.text = text;
  }

  isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  read(part: LayoutPart, rest: readonly LayoutPart[]): boolean {
    switch (part.kind) {
      case "text":
        return this.skip(part.text);
      case "year":
        return this.number(4, 4, 0, 9999, (value) => (this.year = value));
      case "year-two":
        return this.number(2, 2, 0, 99, (value) => (this.year = value + (value >= 69 ? 1900 : 2000)));
      case "month-name":
      case "month-short":
        return this.name(months, part.kind === "month-short", (index) => (this.month = index + 1));
      case "weekday-name":
      case "weekday-short":
        return this.name(weekdays, part.kind === "weekday-short", () => {});
      case "month":
      case "month-two":
        return this.number(part.kind === "month" ? 1 : 2, 2, 1, 12, (value) => (this.month = value));
      case "day-blank":
        if (this.text[this.at] === " ") this.at += 1;
        return this.number(1, 2, 0, 99, (value) => (this.day = value));
      case "day":
      case "day-two":
        return this.number(part.kind === "day" ? 1 : 2, 2, 0, 99, (value) => (this.day = value));
      case "day-of-year-blank":
        for (let blanks = 0; blanks < 2 && this.text[this.at] === " "; blanks += 1) this.at += 1;
        return this.number(1, 3, 0, 999, (value) => (this.dayOfYear = value));
      case "day-of-year":
        return this.number(3, 3, 0, 999, (value) => (this.dayOfYear = value));
      case "hour":
        return this.number(1, 2, 0, 23, (value) => (this.hour = value));
      case "hour12":
      case "hour12-two":
        return this.number(part.kind === "hour12" ? 1 : 2, 2, 0, 12, (value) => (this.hour = value));
      case "minute":
      case "minute-two":
        return this.number(part.kind === "minute" ? 1 : 2, 2, 0, 59, (value) => (this.minute = value));
      case "second":
      case "second-two":
        return (
          this.number(part.kind === "second" ? 1 : 2, 2, 0, 59, (value) => (this.second = value)) && this.unasked(rest)
        );
      case "half":
      case "half-lower":
        return this.readHalf(part.kind === "half-lower");
      case "fraction":
        return part.digits === "any" ? this.anyFraction() : this.fraction(part.digits);
      case "zone-name":
        return this.readZoneName();
      default:
        return this.offset(part.kind);
    }
  }

  time(zone: TimeZone, yearOf: (month: number) => number): bigint | undefined {
    if (this.half === "pm" && this.hour < 12) this.hour += 12;
    else if (this.half === "am" && this.hour === 12) this.hour = 0;
    // The year 0 has a 29 February; in a year without one it becomes 1 March.
    const written = this.year ?? 0;
    if (this.dayOfYear >= 0 && !this.fromDayOfYear(written)) return undefined;
    const month = this.month < 0 ? 1 : this.month;
    const day = this.day < 0 ? 1 : this.day;
    if (day < 1 || day > daysIn(month, written)) return undefined;
    const date = new Date(0);
    date.setUTCFullYear(this.year ?? yearOf(month), month - 1, day);
    const wall = Math.round(date.getTime() / 1000) + this.hour * 3600 + this.minute * 60 + this.second;
    return BigInt(this.toUnix(wall, zone)) * 1_000_000_000n + BigInt(this.nanos);
  }

  private toUnix(wall: number, zone: TimeZone): number {
    if (this.offsetSeconds !== undefined) return wall - this.offsetSeconds;
    if (this.zoneName === "") return wall - zone.offsetOfWall(wall);
    const known = zone.offsetOfName(this.zoneName, wall);
    if (known !== undefined) return wall - known;
    const hours = /^GMT([+-]\d{1,2})$/.exec(this.zoneName)?.[1];
    return hours === undefined ? wall : wall - Number(hours) * 3600;
  }

  private fromDayOfYear(year: number): boolean {
    const isLeap = daysIn(2, year) === 29;
    if (this.dayOfYear < 1 || this.dayOfYear > (isLeap ? 366 : 365)) return false;
    let [month, day] = [1, this.dayOfYear];
    for (; day > daysIn(month, year); month += 1) day -= daysIn(month, year);
    if ((this.month >= 0 && this.month !== month) || (this.day >= 0 && this.day !== day)) return false;
    this.month = month;
    this.day = day;
    return true;
  }

  /** A blank in the layout stands for any number of blanks. */
  private skip(text: string): boolean {
    for (let index = 0; index < text.length; ) {
      if (text[index] === " ") {
        if (this.at < this.text.length && this.text[this.at] !== " ") return false;
        while (text[index] === " ") index += 1;
        while (this.text[this.at] === " ") this.at += 1;
        continue;
      }
      if (this.text[this.at] !== text[index]) return false;
      index += 1;
      this.at += 1;
    }
    return true;
  }

  private digits(max: number): string {
    let end = this.at;
    while (end - this.at < max && isDigit(this.text.charCodeAt(end))) end += 1;
    return this.text.slice(this.at, end);
  }

  private number(
    ...[minDigits, maxDigits, min, max, set]: [number, number, number, number, (value: number) => void]
  ): boolean {
    const digits = this.digits(maxDigits);
    if (digits.length < minDigits) return false;
    const value = Number(digits);
    if (value < min || value > max) return false;
    this.at += digits.length;
    set(value);
    return true;
  }

  private name(names: readonly string[], isShort: boolean, set: (index: number) => void): boolean {
    const index = names.findIndex((name) => {
      const wanted = isShort ? name.slice(0, 3) : name;
      return this.text.slice(this.at, this.at + wanted.length).toLowerCase() === wanted;
    });
    const found = names[index];
    if (found === undefined) return false;
    this.at += isShort ? 3 : found.length;
    set(index);
    return true;
  }

  private readHalf(isLower: boolean): boolean {
    const text = this.text.slice(this.at, this.at + 2);
    if (text !== (isLower ? text.toLowerCase() : text.toUpperCase())) return false;
    const half = text.toLowerCase();
    if (half !== "am" && half !== "pm") return false;
    this.half = half;
    this.at += 2;
    return true;
  }

  /** A fraction behind the seconds is taken also where the layout has none. */
  private unasked(rest: readonly LayoutPart[]): boolean {
    const next = rest.find(({ kind }) => kind !== "text");
    return next?.kind === "fraction" || this.anyFraction();
  }

  private anyFraction(): boolean {
    const mark = this.text[this.at];
    if ((mark !== "." && mark !== ",") || !isDigit(this.text.charCodeAt(this.at + 1))) return true;
    this.at += 1;
    const digits = this.digits(this.text.length);
    this.nanos = Number(digits.slice(0, 9).padEnd(9, "0"));
    this.at += digits.length;
    return true;
  }

  private fraction(length: number): boolean {
    const mark = this.text[this.at];
    if (mark !== "." && mark !== ",") return false;
    this.at += 1;
    const digits = this.digits(length);
    if (digits.length < length) return false;
    this.nanos = Number(digits.slice(0, 9).padEnd(9, "0"));
    this.at += length;
    return true;
  }

  private offset(kind: string): boolean {
    if (kind.startsWith("iso") && this.text[this.at] === "Z") {
      this.at += 1;
      this.offsetSeconds = 0;
      return true;
    }
    const colon = kind.includes("colon") ? ":" : "";
    const parts = kind.endsWith("hours") ? 1 : kind.endsWith("seconds") ? 3 : 2;
    const pattern = new RegExp(`([+-])(\\d\\d)${`${colon}(\\d\\d)`.repeat(parts - 1)}`, "y");
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return false;
    const [hours = 0, minutes = 0, seconds = 0] = found.slice(2).map(Number);
    if (hours > 24 || minutes >= 60 || seconds >= 60) return false;
    this.offsetSeconds = (found[1] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
    this.at += found[0].length;
    return true;
  }

  private readZoneName(): boolean {
    const rest = this.text.slice(this.at);
    const found =
      /^(?:UTC|ChST|MeST|GMT[+-]\d{1,2}|GMT|WITA|[+-]\d{2}(?:\d{2})?|[A-Z]{4}T|[A-Z]{3}T|[A-Z]{3})(?![A-Z])/.exec(
        rest,
      )?.[0];
    if (found === undefined) return false;
    this.at += found.length;
    if (found === "UTC") this.offsetSeconds = 0;
    else this.zoneName = found;
    return true;
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function daysIn(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
