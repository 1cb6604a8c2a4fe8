import { timeZone } from "../../time-zone.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { DurationValue, TimeValue, type Value } from "../value.ts";
import { translator } from "./localized-names.ts";
import { parseTime } from "./parse-time.ts";
import { compileTimeFormat, formatTime, localParts } from "./time-format.ts";

const second = 1_000_000_000n;
const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
};

/** Times, their parts, and durations. */
export const timeConverters: readonly Converter[] = [
  {
    name: "Now",
    parameters: [],
    build:
      ({ reader }) =>
      () =>
        new TimeValue(reader.host.now()),
  },
  {
    name: "Time",
    parameters: ["time", "format", "location?", "locale?"],
    build: (args) => {
      const text = args.string("time");
      const format = args.literalString("format");
      if (format === "") throw args.problem("format cannot be nil");
      const location = args.has("location") ? args.literalString("location") : "UTC";
      const zone = timeZone(location === "Local" || location === "" ? "UTC" : location);
      if (!zone) throw args.problem(`unknown time zone ${location}`);
      const translate = translator(args.has("locale") ? args.literalString("locale") : "en");
      if (!translate) throw args.problem("unsupported locale, its value must be a BCP 47 language tag");
      const compiled = compileTimeFormat(format);
      const { host } = args.reader;
      return (frame) => parseTime(translate(text(frame)), compiled, { zone, now: host.now });
    },
  },
  {
    name: "FormatTime",
    parameters: ["time", "format"],
    build: (args) => {
      const time = args.time("time");
      const format = args.literalString("format");
      if (format === "") throw args.problem("format cannot be nil");
      const compiled = compileTimeFormat(format);
      return (frame) => formatTime(time(frame), compiled);
    },
  },
  {
    name: "Unix",
    parameters: ["seconds", "nanoseconds?"],
    build: (args) => {
      const seconds = args.int("seconds");
      const nanoseconds = args.has("nanoseconds") ? args.int("nanoseconds") : () => 0n;
      return (frame) => new TimeValue(seconds(frame) * second + nanoseconds(frame));
    },
  },
  {
    name: "TruncateTime",
    parameters: ["time", "duration"],
    build: (args) => {
      const time = args.time("time");
      const duration = args.duration("duration");
      return (frame) => truncated(time(frame), duration(frame).ns);
    },
  },
  ofTime("UnixNano", ({ ns }) => BigInt.asIntN(64, ns)),
  ofTime("UnixMicro", ({ ns }) => floorDivide(ns, 1_000n)),
  ofTime("UnixMilli", ({ ns }) => floorDivide(ns, 1_000_000n)),
  ofTime("UnixSeconds", ({ ns }) => floorDivide(ns, second)),
  ofTime("Year", (time) => BigInt(localParts(time).year)),
  ofTime("Month", (time) => BigInt(localParts(time).month)),
  ofTime("Day", (time) => BigInt(localParts(time).day)),
  ofTime("Hour", (time) => BigInt(localParts(time).hour)),
  ofTime("Minute", (time) => BigInt(localParts(time).minute)),
  ofTime("Second", (time) => BigInt(localParts(time).second)),
  ofTime("Nanosecond", (time) => BigInt(localParts(time).nanosecond)),
  ofTime("Weekday", (time) => BigInt(localParts(time).weekday)),
  {
    name: "Duration",
    parameters: ["duration"],
    build: (args) => {
      const text = args.string("duration");
      return (frame) => new DurationValue(parseDuration(text(frame)));
    },
  },
  ofDuration("Hours", (ns) => Number(ns) / 3.6e12),
  ofDuration("Minutes", (ns) => Number(ns) / 6e10),
  ofDuration("Seconds", (ns) => Number(ns) / 1e9),
  ofDuration("Milliseconds", (ns) => ns / 1_000_000n),
  ofDuration("Microseconds", (ns) => ns / 1_000n),
  ofDuration("Nanoseconds", (ns) => ns),
];

function ofTime(name: string, convert: (time: TimeValue) => Value): Converter {
  return {
    name,
    parameters: ["time"],
    build: (args) => {
      const time = args.time("time");
      return (frame) => convert(time(frame));
    },
  };
}

function ofDuration(name: string, convert: (ns: bigint) => Value): Converter {
  return {
    name,
    parameters: ["duration"],
    build: (args) => {
      const duration = args.duration("duration");
      return (frame) => convert(duration(frame).ns);
    },
  };
}

/** Down to a multiple of the duration since year 1, as Go counts. */
function truncated(time: TimeValue, duration: bigint): TimeValue {
  if (duration <= 0n) return time;
  const sinceYearOne = time.ns + 62_135_596_800n * second;
  const rest = ((sinceYearOne % duration) + duration) % duration;
  return new TimeValue(time.ns - rest, time.offsetMinutes, time.zone);
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

/** A duration as Go writes one: `1h30m`, `-1.5s`, `0`. */
function parseDuration(text: string): bigint {
  const fail = (): Failure => new Failure(`time: invalid duration ${JSON.stringify(text)}`);
  const [, sign, rest = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0n;
  const part = /(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
  let total = 0n;
  let at = 0;
  if (rest === "" || rest.length > 200) throw fail();
  while (at < rest.length) {
    part.lastIndex = at;
    const [all, whole = "", fraction = "", unit = ""] = part.exec(rest) ?? [];
    if (all === undefined || whole + fraction === "") throw fail();
    const size = units[unit] as bigint;
    total += BigInt(whole === "" ? "0" : whole) * size;
    if (fraction !== "") total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    at = part.lastIndex;
  }
  if (total >= 2n ** 63n) throw fail();
  return sign === "-" ? -total : total;
}
