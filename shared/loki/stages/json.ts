import { attribute, table } from "../../alloy/arguments.ts";
import { map, optional } from "../../alloy/composite-types.ts";
import { bool } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { checkSource, compileOptional } from "./compile.ts";
import { goJson } from "./go-json.ts";
import { compileJmesPath } from "./jmes-path.ts";
import { parseObject } from "./parse-object.ts";
import { type Extracted, InvalidStage, type StageEntry, sourceText, stageKind } from "./stage.ts";

const args = table({
  expressions: attribute(map(string), { says: "Value = JMESPath; an empty path is the name itself." }),
  regex: attribute(string, { says: "Keys that match are extracted too." }),
  source: attribute(optional(string), { says: "Value to parse instead of the line." }),
  drop_malformed: attribute(bool),
});

/** `stage.json`: values out of a line that is a JSON object. A path that finds nothing extracts null. */
export const json = stageKind(args, ({ expressions, regex, source, drop_malformed: dropMalformed }, context) => {
  if (expressions.size === 0 && regex === "") throw new InvalidStage("JMES expressions or regex is required");
  checkSource(source);
  const paths = [...expressions].map(([name, path]) => ({ name, find: compileJmesPath(path === "" ? name : path) }));
  const keys = compileOptional(regex);
  return {
    process(entry, next) {
      const text = sourceText(entry, source);
      if (text === undefined) return next(entry);
      const data = parseObject(text);
      if (data === undefined) return dropMalformed ? context.drop(entry, "malformed_json") : next(entry);
      for (const { name, find } of paths) extract(entry, name, find(data));
      if (keys) for (const [key, value] of Object.entries(data)) if (keys.test(key)) extract(entry, key, value);
      next(entry);
    },
  };
});

function extract(entry: StageEntry, name: string, value: unknown): void {
  if (value !== undefined) entry.values.set(name, extracted(value));
}

function extracted(value: unknown): Extracted {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  return goJson(value);
}
