import { type TimeZone, timeZone, utc } from "../../time-zone.ts";
import { formatLayout } from "../format-layout.ts";
import { parseLayout } from "../go-layout.ts";
import { compileLayout } from "../go-time.ts";
import { splitTime } from "../split-time.ts";
import { TemplateFailure, type TemplateFunction, TemplateTime, type TemplateValue } from "./nodes.ts";
import { anyInteger, text } from "./values.ts";

/** Go's time without one: the first of January of the year 1. */
const zeroSeconds = -62_135_596_800;
const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
const maxLayout = 1_000;

/** The functions of sprig for dates. The local time is UTC here, wherever the process runs. */
export function dateFunctions(now: () => number): Readonly<Record<string, TemplateFunction>> {
  const current = (): TemplateTime => {
    const ms = Math.trunc(now());
    return new TemplateTime(Math.floor(ms / 1000), (((ms % 1000) + 1000) % 1000) * 1_000_000);
  };
  /** Seconds since 1970 are a time too; whatever else is no time is now. */
  const timeOf = (value: TemplateValue): TemplateTime => {
    if (value instanceof TemplateTime) return value;
    return typeof value === "number" ? new TemplateTime(Math.trunc(value), 0) : current();
  };
  const date = (layout: TemplateValue, value: TemplateValue, zone: TimeZone = utc) =>
    formatLayout(partsOf(text(layout)), timeOf(value), zone);
  const modified = (by: TemplateValue, value: TemplateValue) => {
    const time = timeOf(value);
    const seconds = durationOf(text(by));
    return seconds === undefined ? time : added(time, seconds);
  };
  return {
    now: () => current(),
    date: (layout, value) => date(layout, value),
    dateInZone: (layout, value, zone) => date(layout, value, timeZone(text(zone)) ?? utc),
    date_in_zone: (layout, value, zone) => date(layout, value, timeZone(text(zone)) ?? utc),
    htmlDate: (value) => date("2006-01-02", value),
    htmlDateInZone: (value, zone) => date("2006-01-02", value, timeZone(text(zone)) ?? utc),
    toDate: (layout, given) => {
      const nanos = parserOf(text(layout))(text(given));
      if (nanos === undefined) return new TemplateTime(zeroSeconds, 0);
      const time = splitTime(nanos);
      return new TemplateTime(time.seconds, time.nanos);
    },
    unixEpoch: (value) => String(timeOf(value).seconds),
    dateModify: modified,
    date_modify: modified,
    ago: (value) => spelled(Math.round(now() / 1000) - timeOf(value).seconds),
    duration: (value) => spelled(anyInteger(value)),
  };
}

function added({ seconds, nanos }: TemplateTime, by: number): TemplateTime {
  const whole = Math.floor(by);
  const sum = nanos + Math.round((by - whole) * 1e9);
  return new TemplateTime(seconds + whole + Math.floor(sum / 1e9), sum % 1e9);
}

/** Seconds of a duration of Go, `-1h30m`; undefined for another text. */
function durationOf(given: string): number | undefined {
  const parts = /^([+-]?)((?:[0-9]+(?:\.[0-9]*)?(?:ns|us|µs|ms|h|m|s)){1,10})$/.exec(given);
  if (parts === null) return given === "0" ? 0 : undefined;
  let seconds = 0;
  for (const [, count, unit] of (parts[2] ?? "").matchAll(/([0-9]+(?:\.[0-9]*)?)(ns|us|µs|ms|h|m|s)/g)) {
    seconds += Number(count) * (units[unit ?? ""] ?? 0);
  }
  return parts[1] === "-" ? -seconds : seconds;
}

/** Seconds as Go writes them: `1h1m1s`. */
function spelled(seconds: number): string {
  if (seconds === 0) return "0s";
  const all = Math.abs(seconds);
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60), all % 60];
  const text = `${hours > 0 ? `${hours}h` : ""}${all >= 60 ? `${minutes}m` : ""}${rest}s`;
  return seconds < 0 ? `-${text}` : text;
}

let lastLayout: { readonly layout: string; readonly parts: ReturnType<typeof parseLayout> } | undefined;
let lastParser: { readonly layout: string; readonly parse: ReturnType<typeof compileLayout> } | undefined;

/** Layouts mostly are the same from line to line. */
function partsOf(layout: string): ReturnType<typeof parseLayout> {
  check(layout);
  if (lastLayout?.layout !== layout) lastLayout = { layout, parts: parseLayout(layout) };
  return lastLayout.parts;
}

function parserOf(layout: string): ReturnType<typeof compileLayout> {
  check(layout);
  if (lastParser?.layout !== layout) lastParser = { layout, parse: compileLayout(layout) };
  return lastParser.parse;
}

function check(layout: string): void {
  if (layout.length > maxLayout) throw new TemplateFailure("the layout is too long");
}
