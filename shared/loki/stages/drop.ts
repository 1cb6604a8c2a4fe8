import { attribute, table } from "../../alloy/arguments.ts";
import { duration, size, string } from "../../alloy/text-types.ts";
import { isLineLongerThan } from "../line-entry.ts";
import { compileOptional } from "./compile.ts";
import { lineTest } from "./line-test.ts";
import { extractedText, extractedValue, InvalidStage, type StageEntry, stageKind } from "./stage.ts";

const args = table({
  drop_counter_reason: attribute(string),
  source: attribute(string, { help: "Names of extracted values, with commas between them." }),
  value: attribute(string),
  separator: attribute(string),
  expression: attribute(string),
  older_than: attribute(duration),
  longer_than: attribute(size),
});

/** `stage.drop`: drops entries that meet every condition that is given. */
export const drop = stageKind(args, (given, context) => {
  const { source, value, expression, older_than: olderThanMs, longer_than: longerThan } = given;
  if (source === "" && expression === "" && olderThanMs === 0 && longerThan === 0) {
    throw new InvalidStage(
      "drop stage config must contain at least one of `source`, `expression`, `older_than` or `longer_than`",
    );
  }
  if (value !== "" && expression !== "") {
    throw new InvalidStage("drop stage config error, `value` and `expression` cannot both be defined at the same time");
  }
  if (value !== "" && source === "") {
    throw new InvalidStage("drop stage config must contain `source` if `value` is specified");
  }
  const pattern = compileOptional(expression, "drop stage regex compilation error");
  const isMatch = pattern && lineTest(pattern);
  const sources = source === "" ? [] : source.split(",");
  const separator = given.separator || ";";
  const reason = given.drop_counter_reason || "drop_stage";

  function isMet(entry: StageEntry): boolean {
    if (longerThan !== 0 && !isLineLongerThan(entry, longerThan)) return false;
    if (olderThanMs !== 0 && !isOlderThan(entry, context.now() - olderThanMs)) return false;
    if (sources.length === 0) return isMatch === undefined || isMatch(entry);
    const values = sources.map((name) => extractedValue(entry, name)).filter((each) => each !== undefined);
    if (pattern === undefined && value === "") return values.length === sources.length;
    const texts = values.map(extractedText);
    if (texts.includes(undefined)) return false;
    const text = texts.join(separator);
    return pattern === undefined ? text === value : pattern.test(text);
  }

  return {
    process(entry, next) {
      if (isMet(entry)) context.drop(entry, reason);
      else next(entry);
    },
  };
});

function isOlderThan(entry: StageEntry, oldestMs: number): boolean {
  return entry.timeUnixNano < BigInt(Math.trunc(oldestMs)) * 1_000_000n;
}
