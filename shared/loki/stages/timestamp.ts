import { attribute, required, table } from "../../alloy/arguments.ts";
import { list, optional } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { type TimeZone, timeZone } from "../../time-zone.ts";
import type { LabelSet } from "../entry.ts";
import { formatLabels } from "../labels.ts";
import { readRfc3339 } from "../rfc3339.ts";
import { type SplitTime, splitTime } from "../split-time.ts";
import { compileTimeFormat, isRfc3339 } from "../time-format.ts";
import { changing, extractedText, extractedValue, InvalidStage, type StageEntry, stageKind } from "./stage.ts";

const maxStreams = 10_000;
const onFailure = ["skip", "fudge"];
const onDuplicate = ["keep", "fudge"];

const args = table({
  source: required(string),
  format: required(string, { help: "A name (`RFC3339`, `Unix`, …) or a layout of Go." }),
  fallback_formats: attribute(list(string)),
  location: attribute(optional(string), { help: "A name of the database of time zones." }),
  action_on_failure: attribute(string, { help: "`fudge` (default): a nanosecond behind the last one; `skip`." }),
  action_on_duplicate_timestamp: attribute(string, { help: "`fudge` (default) or `keep`." }),
});

/** `stage.timestamp`: the time of the entry out of an extracted value. */
export const timestamp = stageKind(args, (given, context) => {
  if (given.source === "") {
    throw new InvalidStage("timestamp source value is required if timestamp is specified");
  }
  if (given.format === "") throw new InvalidStage("timestamp format is required");
  const zone = zoneOf(given.location);
  const fudgesFailures = choice("failure", given.action_on_failure, onFailure) === "fudge";
  const fudgesDuplicates = choice("duplicate timestamp", given.action_on_duplicate_timestamp, onDuplicate) === "fudge";
  const names = [given.format, ...given.fallback_formats];
  const formats = names.map((format) => compileTimeFormat(format, zone, context.now));
  const readsBytes = isRfc3339(given.format);
  const last = lastTimes();
  const time: Time = { seconds: 0, nanos: 0 };

  /** Puts the time into `time`; false without one. */
  function parse(entry: StageEntry): boolean {
    const range = readsBytes ? entry.values.range(given.source) : undefined;
    if (range !== undefined && readRfc3339(range, time)) return true;
    const text = extractedText(extractedValue(entry, given.source));
    if (text === undefined) return false;
    for (const format of formats) {
      const nanoseconds = format(text);
      if (nanoseconds === undefined) continue;
      ({ seconds: time.seconds, nanos: time.nanos } = splitTime(nanoseconds));
      return true;
    }
    return false;
  }

  return changing((entry) => {
    const isParsed = parse(entry);
    if (!fudgesFailures && !fudgesDuplicates) {
      if (isParsed) setTime(entry, time);
      return;
    }
    const before = last.get(entry.labels);
    if (!isParsed) {
      if (!fudgesFailures || before === undefined) return;
      addNano(before.given);
      return setTime(entry, before.given);
    }
    if (before === undefined) {
      last.add(entry.labels, { parsed: { ...time }, given: { ...time } });
      return setTime(entry, time);
    }
    if (fudgesDuplicates && isSameTime(before.parsed, time)) addNano(before.given);
    else setTime(before.given, time);
    setTime(before.parsed, time);
    setTime(entry, before.given);
  });
});

/** A time that is changed in place: every line has one. */
interface Time {
  seconds: number;
  nanos: number;
}

/** The time that the last entry of a stream had in its text, and the one that it was given. */
interface LastTime {
  readonly parsed: Time;
  readonly given: Time;
}

/** At least the newest streams that had a time are remembered, at most twice as many. */
function lastTimes() {
  const known = new WeakMap<LabelSet, LastTime>();
  let newer = new Map<string, LastTime>();
  let older = new Map<string, LastTime>();

  function put(key: string, time: LastTime): void {
    newer.set(key, time);
    if (newer.size < maxStreams) return;
    older = newer;
    newer = new Map();
  }

  function find(key: string): LastTime | undefined {
    const time = newer.get(key) ?? older.get(key);
    if (time !== undefined && !newer.has(key)) put(key, time);
    return time;
  }

  return {
    get(labels: LabelSet): LastTime | undefined {
      const time = known.get(labels) ?? find(formatLabels(labels));
      if (time !== undefined) known.set(labels, time);
      return time;
    },
    add(labels: LabelSet, time: LastTime): void {
      known.set(labels, time);
      put(formatLabels(labels), time);
    },
  };
}

function setTime(into: Time, { seconds, nanos }: SplitTime): void {
  into.seconds = seconds;
  into.nanos = nanos;
}

function isSameTime(one: SplitTime, other: SplitTime): boolean {
  return one.seconds === other.seconds && one.nanos === other.nanos;
}

function addNano(time: Time): void {
  time.nanos += 1;
  if (time.nanos < 1_000_000_000) return;
  time.nanos = 0;
  time.seconds += 1;
}

function zoneOf(location: string | undefined): TimeZone | undefined {
  if (location === undefined) return undefined;
  const zone = timeZone(location);
  if (zone === undefined) {
    throw new InvalidStage(`invalid location specified: %v: unknown time zone ${location}`);
  }
  return zone;
}

function choice(what: string, given: string, choices: readonly string[]): string {
  if (given === "") return "fudge";
  if (choices.includes(given)) return given;
  throw new InvalidStage(`invalid action on ${what} (supported values are [${choices.join(" ")}])`);
}
