import { mapOf } from "../../edit/any-value.ts";
import type { Args } from "../args.ts";
import { attempt, Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { compileGrok, type Grok, type GrokOptions } from "./grok.ts";

/** Patterns that came with values: the same few again and again. */
const maxKept = 50;

/** `ExtractGrokPatterns`: what a pattern of grok finds in a text, as a map. */
export const extractGrokPatterns: Converter = {
  name: "ExtractGrokPatterns",
  parameters: ["target", "pattern", "named_captures_only?", "pattern_definitions?"],
  build: (args) => {
    const target = args.string("target");
    const pattern = args.string("pattern");
    const isNamedOnly = args.has("named_captures_only") && args.literalBool("named_captures_only");
    const options = { definitions: definitionsOf(args), isNamedOnly };
    const { literal } = args.whole("pattern");
    const compile = typeof literal === "string" ? always(compiledNow(args, literal, options)) : keeping(options);
    return (frame) => {
      const grok = compile(pattern(frame));
      return mapOf(grok.parse(target(frame)));
    };
  },
};

/** `NAME=expression` each. */
function definitionsOf(args: Args): ReadonlyMap<string, string> {
  const definitions = new Map<string, string>();
  for (const text of args.has("pattern_definitions") ? args.literalStrings("pattern_definitions") : []) {
    const at = text.indexOf("=");
    const name = text.slice(0, at);
    if (at < 0) throw args.problem(`pattern ${JSON.stringify(text)} is not of the form PATTERNNAME=pattern definition`);
    if (name.includes(":")) throw args.problem(`pattern ID ${JSON.stringify(name)} should not contain ':'`);
    definitions.set(name, text.slice(at + 1));
  }
  return definitions;
}

function compiledNow(args: Args, pattern: string, options: GrokOptions): Grok {
  const result = attempt(() => compile(pattern, options));
  if ("problem" in result) throw args.problem(result.problem);
  return result.value;
}

function always(grok: Grok): () => Grok {
  return () => grok;
}

function keeping(options: GrokOptions): (pattern: string) => Grok {
  const kept = new Map<string, Grok>();
  return (pattern) => {
    const known = kept.get(pattern);
    if (known) return known;
    const grok = compile(pattern, options);
    if (kept.size >= maxKept) kept.clear();
    kept.set(pattern, grok);
    return grok;
  };
}

function compile(pattern: string, options: GrokOptions): Grok {
  const result = attempt(() => compileGrok(pattern, options));
  if ("problem" in result)
    throw new Failure(
      `the pattern supplied to ExtractGrokPatterns ${JSON.stringify(pattern)} is not a valid pattern: ${result.problem}`,
    );
  if (options.isNamedOnly && !result.value.hasNames)
    throw new Failure("at least 1 named capture group must be supplied in the given regex");
  return result.value;
}
