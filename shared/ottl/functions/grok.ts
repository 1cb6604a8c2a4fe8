import type { AnyValue } from "../../edit/any-value.ts";
import { compileRe2, type Re2 } from "../../re2/re2.ts";
import { Failure } from "../failure.ts";
import { asBool, asDouble, decimalInt } from "../like.ts";
import { grokPatterns } from "./grok-patterns.ts";

/** Longer than any pattern that is compiled. */
const maxExpandedChars = 65_536;
const maxPasses = 1000;
const reference = /%\{(\w+(?::[\w+.]+(?::\w+)?)?)\}/g;
/** What stands for a dot in the name of a group. */
const dot = "___";

/** A pattern of grok that can run. */
export interface Grok {
  /** Whether any group of it has a name. */
  readonly hasNames: boolean;
  /** What the named groups of the first match hold, in the kinds that the pattern asks for; nothing where it is empty. */
  parse(text: string): Map<string, AnyValue>;
}

/** How patterns are read. */
export interface GrokOptions {
  /** Patterns beside the known ones, and before them. */
  readonly definitions: ReadonlyMap<string, string>;
  /** Whether `%{NAME}` without a name of its own is not a group with a name. */
  readonly isNamedOnly: boolean;
}

/** Compiles a pattern with `%{NAME}`, `%{NAME:key}` and `%{NAME:key:type}` in it; throws `Failure` where it is not one. */
export function compileGrok(pattern: string, options: GrokOptions): Grok {
  const { expression, types } = expand(pattern, options);
  const compiled = compileRe2(expression);
  if (compiled.kind === "rejected") throw new Failure(compiled.message);
  const { re2 } = compiled;
  return { hasNames: re2.groupNames.some((name) => name !== undefined), parse: (text) => parse(text, re2, types) };
}

function parse(text: string, re2: Re2, types: ReadonlyMap<string, string>): Map<string, AnyValue> {
  const found = new Map<string, AnyValue>();
  const groups = re2.exec(text)?.groups;
  if (!groups) return found;
  for (const [index, name] of re2.groupNames.entries()) {
    const value = groups[index];
    if (name !== undefined && value) found.set(name.replaceAll(dot, "."), convert(value, types.get(name), name));
  }
  return found;
}

function convert(text: string, type: string | undefined, name: string): AnyValue {
  switch (type) {
    case undefined:
    case "string":
      return text;
    case "double":
    case "float":
      return asDouble(text);
    case "int":
    case "long": {
      const int = decimalInt(text);
      if (int === undefined) throw new Failure(`parsing ${JSON.stringify(text)}: invalid syntax`);
      return int;
    }
    case "bool":
    case "boolean":
      return asBool(text);
    default:
      throw new Failure(`invalid type for ${name}: type not specified`);
  }
}

/** Puts the named patterns in, again and again, until there is none. */
function expand(
  pattern: string,
  { definitions, isNamedOnly }: GrokOptions,
): { expression: string; types: ReadonlyMap<string, string> } {
  const types = new Map<string, string>();
  let expression = pattern;
  for (let pass = 0; pass < maxPasses; pass++) {
    let length = expression.length;
    const expanded = expression.replace(reference, (_all, inner: string) => {
      const [id = "", key, type] = inner.split(":");
      const name = key?.replaceAll(".", dot) ?? id;
      if (type !== undefined) types.set(name, type);
      const known = definitions.get(id) ?? knownPattern(id);
      if (known === undefined) throw new Failure(`pattern definition ${JSON.stringify(id)} unknown: parsing failed`);
      length += known.length;
      if (length > maxExpandedChars)
        throw new Failure(`the pattern has more than ${maxExpandedChars} characters with all patterns in it`);
      return isNamedOnly && key === undefined ? `(${known})` : `(?P<${name}>${known})`;
    });
    if (expanded === expression) return { expression, types };
    expression = expanded;
  }
  throw new Failure("pattern definitions refer to themselves");
}

let table: ReadonlyMap<string, string> | undefined;

function knownPattern(id: string): string | undefined {
  table ??= new Map(
    grokPatterns
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
  );
  return table.get(id);
}
