import { attribute, table } from "../../alloy/arguments.ts";
import { map, optional } from "../../alloy/composite-types.ts";
import { bool } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { JsonScan } from "../json-scan.ts";
import { jsonText } from "../json-text.ts";
import type { TextRange } from "../text-of.ts";
import { checkSource, compileOptional } from "./compile.ts";
import type { Extracted } from "./extracted.ts";
import { goJson } from "./go-json.ts";
import { compileJmesPath, namesOf } from "./jmes-path.ts";
import { parseObject } from "./parse-object.ts";
import { InvalidStage, type StageEntry, sourceRange, sourceText, stageKind } from "./stage.ts";

const quote = 0x22;
const nothing = /^[ \t\r\n]*null[ \t\r\n]*$/;

const args = table({
  expressions: attribute(map(string), { help: "Value = JMESPath; an empty path is the name itself." }),
  regex: attribute(string, { help: "Keys that match are extracted too." }),
  source: attribute(optional(string), { help: "Value to parse instead of the line." }),
  drop_malformed: attribute(bool),
});

/** `stage.json`: values out of a line that is a JSON object. A path that finds nothing extracts null. */
export const json = stageKind(args, ({ expressions, regex, source, drop_malformed: dropMalformed }, context) => {
  if (expressions.size === 0 && regex === "") throw new InvalidStage("JMES expressions or regex is required");
  checkSource(source);
  const wanted = [...expressions].map(([name, path]) => ({ name, path: path === "" ? name : path }));
  const paths = wanted.map(({ name, path }) => ({ name, find: compileJmesPath(path) }));
  const keys = compileOptional(regex);
  const fields = keys === undefined ? fieldReader(wanted) : undefined;
  return {
    process(entry, next) {
      const range = fields && sourceRange(entry, source);
      if (range !== undefined && fields?.(range, entry)) return next(entry);
      const text = sourceText(entry, source);
      if (text === undefined) return next(entry);
      // Null is an object without fields to Go's parser.
      const data = parseObject(text) ?? (nothing.test(text) ? {} : undefined);
      const found = data && valuesOf(data);
      if (found === undefined) return dropMalformed ? context.drop(entry, "malformed_json") : next(entry);
      for (const [name, value] of found) entry.values.set(name, value);
      next(entry);
    },
  };

  /** Undefined when it is nested too deeply to be written down again, as Go's parser refuses it too. */
  function valuesOf(data: Readonly<Record<string, unknown>>): readonly (readonly [string, Extracted])[] | undefined {
    const matching = keys ? Object.entries(data).filter(([key]) => keys.test(key)) : [];
    const found = [...paths.map(({ name, find }) => [name, find(data)] as const), ...matching];
    try {
      return found.flatMap(([name, value]) => (value === undefined ? [] : [[name, extracted(value)] as const]));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
});

/** Reads fields out of a line that is bytes; false when that is left to a parser. Undefined when a path is more than names. */
function fieldReader(wanted: readonly { readonly name: string; readonly path: string }[]) {
  const paths = wanted.flatMap(({ path }) => {
    const names = namesOf(path);
    return names === undefined ? [] : [names];
  });
  // A path that is written twice has one place.
  if (paths.length < wanted.length || new Set(wanted.map(({ path }) => path)).size < wanted.length) return undefined;
  const scan = new JsonScan(paths);
  const names = wanted.map(({ name }) => name);
  return ({ block, from: begin, to: end }: TextRange, entry: StageEntry): boolean => {
    if (!scan.scan(block, begin, end)) return false;
    for (let slot = 0; slot < names.length; slot += 1) {
      const name = names[slot] as string;
      const from = scan.starts[slot] as number;
      const to = scan.ends[slot] as number;
      if (from < 0) entry.values.set(name, null);
      else if (block[from] !== quote || !setText(entry, name, scan.escapes[slot] as number, { block, from, to })) {
        entry.values.set(name, extracted(JSON.parse(block.toString("utf8", from, to))));
      }
    }
    return true;
  };
}

/** Sets the text of a string that stands there with its quotes; false for one that cannot be bytes. */
function setText({ values }: StageEntry, name: string, escapeAt: number, { block, from, to }: TextRange): boolean {
  const inside = { block, from: from + 1, to: to - 1 };
  if (escapeAt < 0) values.setRange(name, inside);
  else {
    const range = jsonText(inside, escapeAt);
    if (range === undefined) return false;
    values.setRange(name, range);
  }
  return true;
}

function extracted(value: unknown): Extracted {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  return goJson(value);
}
