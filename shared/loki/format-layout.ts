import type { TimeZone } from "../time-zone.ts";
import { months, weekdays } from "./days.ts";
import type { LayoutPart } from "./go-layout.ts";
import type { SplitTime } from "./split-time.ts";

const msPerDay = 86_400_000;

/** Writes a time by a layout of Go's `time` package, as it is in a zone. */
export function formatLayout(parts: readonly LayoutPart[], { seconds, nanos }: SplitTime, zone: TimeZone): string {
  const offset = offsetAt(seconds, zone);
  const wall = new Date((seconds + offset) * 1000);
  const time: Wall = { date: wall, nanos, offset, zoneName: zone.nameOfWall(seconds + offset) };
  return parts.map((part) => format(part, time)).join("");
}

interface Wall {
  /** Whose UTC is the local time. */
  readonly date: Date;
  readonly nanos: number;
  readonly offset: number;
  readonly zoneName: string;
}

/** Zones say their offset for a local time: the one that leads back to it. */
function offsetAt(seconds: number, zone: TimeZone): number {
  let offset = zone.offsetOfWall(seconds);
  for (let turn = 0; turn < 2; turn += 1) offset = zone.offsetOfWall(seconds + offset);
  return offset;
}

function format(part: LayoutPart, { date, nanos, offset, zoneName }: Wall): string {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const [hour, minute, second] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (part.kind) {
    case "text":
      return part.text;
    case "fraction":
      return fraction(part.digits, nanos);
    case "year":
      return padded(year, 4);
    case "year-two":
      return padded(year % 100, 2);
    case "month-name":
      return capitalised(months[month - 1]);
    case "month-short":
      return capitalised(months[month - 1]).slice(0, 3);
    case "weekday-name":
      return capitalised(weekdays[date.getUTCDay()]);
    case "weekday-short":
      return capitalised(weekdays[date.getUTCDay()]).slice(0, 3);
    case "month":
      return String(month);
    case "month-two":
      return padded(month, 2);
    case "day":
      return String(day);
    case "day-two":
      return padded(day, 2);
    case "day-blank":
      return String(day).padStart(2);
    case "day-of-year":
      return padded(dayOfYear(date), 3);
    case "day-of-year-blank":
      return String(dayOfYear(date)).padStart(3);
    case "hour":
      return padded(hour, 2);
    case "hour12":
      return String(hour12);
    case "hour12-two":
      return padded(hour12, 2);
    case "minute":
      return String(minute);
    case "minute-two":
      return padded(minute, 2);
    case "second":
      return String(second);
    case "second-two":
      return padded(second, 2);
    case "half":
      return hour < 12 ? "AM" : "PM";
    case "half-lower":
      return hour < 12 ? "am" : "pm";
    case "zone-name":
      return zoneName;
    default:
      return offsetText(part.kind, offset);
  }
}

function fraction(digits: number | "any", nanos: number): string {
  const all = padded(nanos, 9);
  if (digits !== "any") return `.${all.padEnd(digits, "0").slice(0, digits)}`;
  return nanos === 0 ? "" : `.${all.replace(/0+$/, "")}`;
}

function offsetText(kind: string, offset: number): string {
  if (kind.startsWith("iso") && offset === 0) return "Z";
  const [hours, minutes, seconds] = [offset / 3600, (offset % 3600) / 60, offset % 60];
  const parts = [hours, minutes, seconds].map((each) => padded(Math.trunc(Math.abs(each)), 2));
  const count = kind.endsWith("hours") ? 1 : kind.endsWith("seconds") ? 3 : 2;
  return (offset < 0 ? "-" : "+") + parts.slice(0, count).join(kind.includes("colon") ? ":" : "");
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / msPerDay) + 1;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function capitalised(name = ""): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
