import { attribute, required, table } from "../../alloy/arguments.ts";
import { list, optional } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { type TimeZone, timeZone } from "../../time-zone.ts";
import { formatLabels } from "../labels.ts";
import { compileTimeFormat } from "../time-format.ts";
import { changing, extractedText, extractedValue, InvalidStage, type StageEntry, stageKind } from "./stage.ts";

const maxStreams = 10_000;
const onFailure = ["skip", "fudge"];
const onDuplicate = ["keep", "fudge"];

const args = table({
  source: required(string),
  format: required(string, { says: "A name (`RFC3339`, `Unix`, …) or a layout of Go." }),
  fallback_formats: attribute(list(string)),
  location: attribute(optional(string), { says: "A name of the database of time zones." }),
  action_on_failure: attribute(string, { says: "`fudge` (default): a nanosecond behind the last one; `skip`." }),
  action_on_duplicate_timestamp: attribute(string, { says: "`fudge` (default) or `keep`." }),
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
  const formats = [given.format, ...given.fallback_formats].map((format) =>
    compileTimeFormat(format, zone, context.now),
  );
  const last = lastTimes();

  function parse(entry: StageEntry): bigint | undefined {
    const text = extractedText(extractedValue(entry, given.source));
    if (text === undefined) return undefined;
    for (const format of formats) {
      const time = format(text);
      if (time !== undefined) return time;
    }
    return undefined;
  }

  return changing((entry) => {
    const parsed = parse(entry);
    if (!fudgesFailures && !fudgesDuplicates) {
      entry.timeUnixNano = parsed ?? entry.timeUnixNano;
      return;
    }
    const key = formatLabels(entry.labels);
    const before = last.get(key);
    if (parsed === undefined) {
      if (!fudgesFailures || before === undefined) return;
      before.given += 1n;
      entry.timeUnixNano = before.given;
      return;
    }
    const isDuplicate = fudgesDuplicates && before?.parsed === parsed;
    entry.timeUnixNano = isDuplicate ? before.given + 1n : parsed;
    last.set(key, parsed, entry.timeUnixNano);
  });
});

/** The time that the last entry of a stream had in its text, and the one that it was given. */
interface LastTime {
  parsed: bigint;
  given: bigint;
}

function lastTimes() {
  const times = new Map<string, LastTime>();
  let newest: string | undefined;
  return {
    get: (key: string) => times.get(key),
    set(key: string, parsed: bigint, given: bigint) {
      const time = times.get(key) ?? { parsed, given };
      time.parsed = parsed;
      time.given = given;
      // Lines of one stream mostly come together.
      if (key === newest) return;
      newest = key;
      times.delete(key);
      times.set(key, time);
      const [oldest] = times.size > maxStreams ? times.keys() : [];
      if (oldest !== undefined) times.delete(oldest);
    },
  };
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
