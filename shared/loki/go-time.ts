import { type TimeZone, utc } from "../time-zone.ts";
import { daysInMonth, daysSince1970, months, weekdays } from "./days.ts";
import { type LayoutPart, parseLayout } from "./go-layout.ts";
import { joinTime } from "./split-time.ts";

/** A layout that is ready to parse: nanoseconds since 1970, or undefined for a text that does not fit. */
export type ParseTime = (text: string) => bigint | undefined;

/**
 * Compiles a layout of Go's `time` package. A time without a zone is local time of `zone`, one without a year is of the year
 * that `yearOf` gives for its month.
 */
export function compileLayout(layout: string, zone: TimeZone = utc, yearOf = (_month: number) => 0): ParseTime {
  const parts = parseLayout(layout);
  const steps = parts.map((part, index) => ({ part, isFractionNext: kindsBehind(parts, index)[0] === "fraction" }));
  // One for all texts: lines have times, and each of them would be an object.
  const fields = new Fields();
  return (text) => {
    fields.begin(text);
    for (const { part, isFractionNext } of steps) if (!fields.read(part, isFractionNext)) return undefined;
    return fields.isAtEnd() ? fields.time(zone, yearOf) : undefined;
  };
}

function kindsBehind(parts: readonly LayoutPart[], index: number): readonly string[] {
  return parts.slice(index + 1).flatMap(({ kind }) => (kind === "text" ? [] : [kind]));
}

const zoneName = /^(?:UTC|ChST|MeST|GMT[+-]\d{1,2}|GMT|WITA|[+-]\d{2}(?:\d{2})?|[A-Z]{4}T|[A-Z]{3}T|[A-Z]{3})(?![A-Z])/;
const unknown = -1;
const noOffset = Number.NaN;

/** Reads a text from left to right into the fields of a time. What is not in it is -1. */
class Fields {
  private text = "";
  private at = 0;
  private year = unknown;
  private month = unknown;
  private day = unknown;
  private dayOfYear = unknown;
  private hour = 0;
  private minute = 0;
  private second = 0;
  private nanos = 0;
  private half: "am" | "pm" | undefined;
  private offsetSeconds = noOffset;
  private zoneName = "";

  begin(text: string): void {
    this.text = text;
    this.at = 0;
    this.year = unknown;
    this.month = unknown;
    this.day = unknown;
    this.dayOfYear = unknown;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.nanos = 0;
    this.half = undefined;
    this.offsetSeconds = noOffset;
    this.zoneName = "";
  }

  isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  read(part: LayoutPart, isFractionNext: boolean): boolean {
    switch (part.kind) {
      case "text":
        return this.skip(part.text);
      case "year":
        this.year = this.number(4, 4);
        return this.year >= 0;
      case "year-two":
        return this.readShortYear();
      case "month-name":
      case "month-short":
        this.month = this.name(months, part.kind === "month-short") + 1;
        return this.month > 0;
      case "weekday-name":
      case "weekday-short":
        return this.name(weekdays, part.kind === "weekday-short") >= 0;
      case "month":
      case "month-two":
        this.month = this.number(part.kind === "month" ? 1 : 2, 2);
        return this.month >= 1 && this.month <= 12;
      case "day-blank":
        if (this.text[this.at] === " ") this.at += 1;
        this.day = this.number(1, 2);
        return this.day >= 0;
      case "day":
      case "day-two":
        this.day = this.number(part.kind === "day" ? 1 : 2, 2);
        return this.day >= 0;
      case "day-of-year-blank":
        for (let blanks = 0; blanks < 2 && this.text[this.at] === " "; blanks += 1) this.at += 1;
        this.dayOfYear = this.number(1, 3);
        return this.dayOfYear >= 0;
      case "day-of-year":
        this.dayOfYear = this.number(3, 3);
        return this.dayOfYear >= 0;
      case "hour":
        this.hour = this.number(1, 2);
        return this.hour >= 0 && this.hour <= 23;
      case "hour12":
      case "hour12-two":
        this.hour = this.number(part.kind === "hour12" ? 1 : 2, 2);
        return this.hour >= 0 && this.hour <= 12;
      case "minute":
      case "minute-two":
        this.minute = this.number(part.kind === "minute" ? 1 : 2, 2);
        return this.minute >= 0 && this.minute <= 59;
      case "second":
      case "second-two":
        this.second = this.number(part.kind === "second" ? 1 : 2, 2);
        // A fraction behind the seconds is taken also where the layout has none.
        return this.second >= 0 && this.second <= 59 && (isFractionNext || this.anyFraction());
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
    const written = Math.max(0, this.year);
    if (this.dayOfYear >= 0 && !this.fromDayOfYear(written)) return undefined;
    const month = this.month < 0 ? 1 : this.month;
    const day = this.day < 0 ? 1 : this.day;
    if (day < 1 || day > daysInMonth(written, month)) return undefined;
    const date = daysSince1970(this.year < 0 ? yearOf(month) : this.year, month, day);
    const wall = date * 86_400 + this.hour * 3600 + this.minute * 60 + this.second;
    return joinTime(this.toUnix(wall, zone), this.nanos);
  }

  private toUnix(wall: number, zone: TimeZone): number {
    if (!Number.isNaN(this.offsetSeconds)) return wall - this.offsetSeconds;
    if (this.zoneName === "") return wall - zone.offsetOfWall(wall);
    const known = zone.offsetOfName(this.zoneName, wall);
    if (known !== undefined) return wall - known;
    const hours = /^GMT([+-]\d{1,2})$/.exec(this.zoneName)?.[1];
    return hours === undefined ? wall : wall - Number(hours) * 3600;
  }

  private fromDayOfYear(year: number): boolean {
    const isLeap = daysInMonth(year, 2) === 29;
    if (this.dayOfYear < 1 || this.dayOfYear > (isLeap ? 366 : 365)) return false;
    let [month, day] = [1, this.dayOfYear];
    for (; day > daysInMonth(year, month); month += 1) day -= daysInMonth(year, month);
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

  /** A number of so many digits; -1 where there are less. */
  private number(minDigits: number, maxDigits: number): number {
    const { text, at } = this;
    let value = 0;
    let end = at;
    for (; end - at < maxDigits; end += 1) {
      const code = text.charCodeAt(end);
      if (!isDigit(code)) break;
      value = value * 10 + code - 48;
    }
    if (end - at < minDigits) return unknown;
    this.at = end;
    return value;
  }

  private readShortYear(): boolean {
    const value = this.number(2, 2);
    this.year = value + (value >= 69 ? 1900 : 2000);
    return value >= 0;
  }

  /** Which of the names stands here, whatever its case; -1 for none. */
  private name(names: readonly string[], isShort: boolean): number {
    const { text, at } = this;
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index] as string;
      const length = isShort ? 3 : name.length;
      let same = 0;
      while (same < length && lower(text.charCodeAt(at + same)) === name.charCodeAt(same)) same += 1;
      if (same < length) continue;
      this.at += length;
      return index;
    }
    return unknown;
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

  private anyFraction(): boolean {
    if (!this.isMark() || !isDigit(this.text.charCodeAt(this.at + 1))) return true;
    this.readFraction(this.text.length);
    return true;
  }

  private fraction(length: number): boolean {
    return this.isMark() && this.readFraction(length) === length;
  }

  private isMark(): boolean {
    const mark = this.text.charCodeAt(this.at);
    return mark === 0x2e || mark === 0x2c;
  }

  /** Behind the mark; nine digits count. Returns how many there were. */
  private readFraction(maxDigits: number): number {
    const { text } = this;
    const start = this.at + 1;
    let at = start;
    let nanos = 0;
    for (; at - start < maxDigits; at += 1) {
      const code = text.charCodeAt(at);
      if (!isDigit(code)) break;
      if (at - start < 9) nanos = nanos * 10 + code - 48;
    }
    this.nanos = nanos * 10 ** Math.max(0, 9 - (at - start));
    this.at = at;
    return at - start;
  }

  private offset(kind: string): boolean {
    const sign = this.text[this.at];
    if (kind.startsWith("iso") && sign === "Z") {
      this.at += 1;
      this.offsetSeconds = 0;
      return true;
    }
    if (sign !== "+" && sign !== "-") return false;
    const hasColons = kind.includes("colon");
    const parts = kind.endsWith("hours") ? 1 : kind.endsWith("seconds") ? 3 : 2;
    this.at += 1;
    let total = 0;
    let unit = 3600;
    for (let part = 0; part < parts; part += 1, unit /= 60) {
      if (part > 0 && hasColons && this.text[this.at++] !== ":") return false;
      const value = this.number(2, 2);
      if (value < 0 || value > (part === 0 ? 24 : 59)) return false;
      total += value * unit;
    }
    this.offsetSeconds = sign === "-" ? -total : total;
    return true;
  }

  private readZoneName(): boolean {
    const found = zoneName.exec(this.text.slice(this.at))?.[0];
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

/** Of a letter of ASCII in upper case, the one in lower case. */
function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
