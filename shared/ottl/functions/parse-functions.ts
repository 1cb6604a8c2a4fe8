import { type AnyValue, ListValue, MapValue, mapOf } from "../../edit/any-value.ts";
import type { Args } from "../args.ts";
import { orderOfText } from "../compare.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { jsonText, valueText } from "../text.ts";
import { kindOf, type Value } from "../value.ts";
import { csvFields } from "./csv-fields.ts";

/** Deeper JSON is refused: it could not be written as attributes. */
const maxJsonDepth = 100;

/** Converters of text into maps and lists, and back. */
export const parseConverters: readonly Converter[] = [
  {
    name: "ParseJSON",
    parameters: ["target"],
    build: (args) => {
      const target = args.string("target");
      return (frame) => parseJson(target(frame));
    },
  },
  {
    name: "ParseKeyValue",
    parameters: ["target", "delimiter?", "pair_delimiter?"],
    build: (args) => {
      const target = args.string("target");
      const { delimiter, pairDelimiter } = delimitersOf(args);
      return (frame) => parseKeyValue(target(frame), { delimiter, pairDelimiter });
    },
  },
  {
    name: "ToKeyValueString",
    parameters: ["target", "delimiter?", "pair_delimiter?", "sort_output?"],
    build: (args) => {
      const target = args.map("target");
      const { delimiter, pairDelimiter } = delimitersOf(args);
      const isSorted = args.has("sort_output") && args.literalBool("sort_output");
      return (frame) => keyValueText(target(frame), { delimiter, pairDelimiter, isSorted });
    },
  },
  {
    name: "ExtractPatterns",
    parameters: ["target", "pattern"],
    build: (args) => {
      const target = args.string("target");
      const pattern = args.pattern("pattern");
      return (frame) => {
        const re2 = pattern(frame);
        if (!re2.groupNames.some((name) => name !== undefined))
          throw new Failure("at least 1 named capture group must be supplied in the given regex");
        const groups = re2.exec(target(frame))?.groups;
        const found = new Map<string, string>();
        for (const [index, name] of re2.groupNames.entries())
          if (groups && name !== undefined) found.set(name, groups[index] ?? "");
        return mapOf(found);
      };
    },
  },
  {
    name: "ParseSeverity",
    parameters: ["target", "mapping"],
    build: (args) => {
      const target = args.any("target");
      const mapping = args.map("mapping");
      return (frame) => parseSeverity(target(frame), mapping(frame));
    },
  },
  {
    name: "ParseCSV",
    parameters: ["target", "header", "delimiter?", "header_delimiter?", "mode?"],
    build: (args) => {
      const target = args.string("target");
      const header = args.string("header");
      const delimiter = args.has("delimiter") ? args.literalString("delimiter") : ",";
      const headerDelimiter = args.has("header_delimiter") ? args.literalString("header_delimiter") : delimiter;
      const mode = args.has("mode") ? args.literalString("mode") : "strict";
      if (delimiter.length !== 1) throw args.problem("delimiter must be a single character");
      if (headerDelimiter.length !== 1) throw args.problem("header_delimiter must be a single character");
      if (!["strict", "lazyQuotes", "ignoreQuotes"].includes(mode)) throw args.problem(`unknown mode: ${mode}`);
      if (delimiter === '"') return () => fail("invalid field or comment delimiter");
      return (frame) => {
        const names = header(frame).split(headerDelimiter);
        if (names.join("") === "" && names.length === 1) throw new Failure("headers string is empty");
        return csvRow(target(frame), { names, delimiter, mode });
      };
    },
  },
];

function fail(why: string): never {
  throw new Failure(why);
}

/** An empty one would stand everywhere. */
function delimitersOf(args: Args): { delimiter: string; pairDelimiter: string } {
  const delimiter = args.has("delimiter") ? args.literalString("delimiter") : "=";
  const pairDelimiter = args.has("pair_delimiter") ? args.literalString("pair_delimiter") : " ";
  if (delimiter === "") throw args.problem("delimiter cannot be set to an empty string");
  if (pairDelimiter === "") throw args.problem("pair delimiter cannot be set to an empty string");
  if (delimiter === pairDelimiter)
    throw args.problem(`pair delimiter "${pairDelimiter}" cannot be equal to delimiter "${delimiter}"`);
  return { delimiter, pairDelimiter };
}

function parseJson(text: string): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : "not JSON");
  }
  if (parsed === null || typeof parsed !== "object")
    throw new Failure(`could not convert parsed value of type ${typeof parsed} to JSON object`);
  return fromJson(parsed, 0);
}

/** Numbers are doubles; null is an empty value. */
function fromJson(value: unknown, depth: number): AnyValue {
  if (depth > maxJsonDepth) throw new Failure(`the JSON is nested more than ${maxJsonDepth} deep`);
  if (typeof value === "string" || typeof value === "boolean") return value;
  // The Collector's parser knows no negative zero.
  if (typeof value === "number" && !Number.isFinite(value)) throw new Failure("a number is out of range");
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (Array.isArray(value)) return new ListValue(value.map((each) => fromJson(each, depth + 1)));
  if (value === null || typeof value !== "object") return null;
  return mapOf(Object.entries(value).map(([key, each]) => [key, fromJson(each, depth + 1)] as const));
}

function parseKeyValue(text: string, options: { delimiter: string; pairDelimiter: string }): MapValue {
  const { delimiter, pairDelimiter } = options;
  if (text === "") throw new Failure("cannot parse from empty target");
  const found = new Map<string, string>();
  const problems: string[] = [];
  for (const pair of splitUnquoted(text, pairDelimiter)) {
    const at = pair.indexOf(delimiter);
    if (at < 0) problems.push(`cannot split ${JSON.stringify(pair)} into 2 items, got 1 item(s)`);
    else found.set(unquoted(pair.slice(0, at).trim()), unquoted(pair.slice(at + delimiter.length).trim()));
  }
  if (problems.length > 0) throw new Failure(`failed to split pairs into key-values: ${problems.join("; ")}`);
  return mapOf(found);
}

/** The parts between delimiters that do not stand in quotes; empty ones are skipped. */
function splitUnquoted(text: string, delimiter: string): string[] {
  const parts: string[] = [];
  let current = "";
  let quote = "";
  for (let at = 0; at < text.length; ) {
    const character = text[at] as string;
    if (quote !== "") {
      current += character;
      const isEscaped = text[at - 1] === "\\";
      if (character === quote && !isEscaped) quote = "";
      at++;
    } else if (text.startsWith(delimiter, at)) {
      if (current !== "") parts.push(current);
      current = "";
      at += delimiter.length;
    } else {
      if (character === '"' || character === "'") quote = character;
      current += character;
      at++;
    }
  }
  if (quote !== "")
    throw new Failure(
      `splitting source ${JSON.stringify(text)} into pairs failed: never reached the end of a quoted value`,
    );
  if (current !== "") parts.push(current);
  return parts;
}

function unquoted(text: string): string {
  const quote = text[0];
  const isQuoted = text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote);
  return isQuoted ? text.slice(1, -1) : text;
}

function keyValueText(map: MapValue, options: { delimiter: string; pairDelimiter: string; isSorted: boolean }): string {
  const { delimiter, pairDelimiter, isSorted } = options;
  const pairs = map.pairs();
  if (isSorted) pairs.sort(([a], [b]) => orderOfText(a, b));
  const quote = (text: string): string => {
    const escaped = text.replace(/"/g, '\\"');
    return escaped.includes(pairDelimiter) || escaped.includes(delimiter) ? `"${escaped}"` : escaped;
  };
  const write = (value: Value): string => quote(value instanceof MapValue ? jsonText(value) : valueText(value));
  return pairs.map(([key, value]) => `${quote(key)}${delimiter}${write(value)}`).join(pairDelimiter);
}

const statusRange = /^([1-5])xx$/;

/** The level whose criteria fit: `equals` for text, `range` for ints. */
function parseSeverity(value: Value, mapping: MapValue): string {
  if (typeof value !== "string" && typeof value !== "bigint")
    throw new Failure(`could not map log level: unsupported value type: ${kindOf(value)}`);
  // All of the mapping is looked at: what is wrong in it fails whatever the value.
  let found: string | undefined;
  for (const [level, criteria] of mapping.pairs()) {
    if (!(criteria instanceof ListValue)) throw new Failure("criteria for mapping log level must be a list");
    for (const item of criteria.items) {
      if (!(item instanceof MapValue)) throw new Failure("criteria item must be a map");
      if (fitsCriteria(value, new Map(item.pairs()))) found ??= level;
    }
  }
  if (found !== undefined) return found;
  throw new Failure(`could not map log level: no matching log level found for value '${value}'`);
}

function fitsCriteria(value: string | bigint, criteria: ReadonlyMap<string, AnyValue>): boolean {
  const equals = criteria.get("equals");
  if (equals instanceof ListValue) {
    for (const each of equals.items) {
      if (typeof each !== "string")
        throw new Failure("invalid severity mapping criteria: equals values must be strings");
      if (each === value) return true;
    }
  }
  const range = criteria.get("range");
  if (range === undefined || typeof value !== "bigint") return false;
  if (typeof range === "string") {
    const hundred = statusRange.exec(range)?.[1];
    if (hundred === undefined) throw new Failure(`invalid range: ${range}`);
    const min = BigInt(hundred) * 100n;
    return value >= min && value <= min + 99n;
  }
  if (!(range instanceof MapValue)) throw new Failure("range must be a map or a string");
  const limits = new Map(range.pairs());
  const [min, max] = [limits.get("min"), limits.get("max")];
  if (typeof min !== "bigint" || typeof max !== "bigint") throw new Failure("a range must have int values min and max");
  return value >= min && value <= max;
}

function csvRow(text: string, options: { names: readonly string[]; delimiter: string; mode: string }): Value {
  const { names, delimiter, mode } = options;
  const fields =
    mode === "ignoreQuotes" ? text.split(delimiter) : csvFields(text, { delimiter, isLazy: mode === "lazyQuotes" });
  if (fields.length !== names.length)
    throw new Failure(`wrong number of fields: expected ${names.length}, found ${fields.length}`);
  return mapOf(new Map(names.map((name, index) => [name, fields[index] as AnyValue])));
}
