import type { MapValue } from "../../edit/any-value.ts";
import type { Re2 } from "../../re2/re2.ts";
import { parseTemplate } from "../../re2/template.ts";
import type { Args } from "../args.ts";
import { attempt, Failure } from "../failure.ts";
import type { Frame } from "../frame.ts";
import type { Editor } from "../function.ts";
import { kindOf } from "../value.ts";
import { onMap, refill } from "./map-editors.ts";

/** What replaces in texts, for the message in view. */
type Replacer = (frame: Frame) => (text: string) => string;

/** Editors that replace parts of strings, or whole ones. What cannot match is left alone; a bad replacement fails all the same. */
export const replaceEditors: readonly Editor[] = [
  {
    name: "replace_pattern",
    parameters: ["target", "regex_pattern", "replacement", "function?", "replacement_format?"],
    build: (args) => {
      const target = args.target("target");
      const replacer = patternReplacer(args);
      return (frame) => {
        const text = target.get(frame);
        if (text === null) return;
        const replace = replacer(frame);
        if (typeof text !== "string") return;
        const replaced = replace(text);
        if (replaced !== text) target.set(frame, replaced);
      };
    },
  },
  {
    name: "replace_match",
    parameters: ["target", "pattern", "replacement", "function?", "replacement_format?"],
    build: (args) => {
      const target = args.target("target");
      const replacer = matchReplacer(args);
      return (frame) => {
        const text = target.get(frame);
        const replace = replacer(frame);
        if (typeof text !== "string") return;
        const replaced = replace(text);
        if (replaced !== text) target.set(frame, replaced);
      };
    },
  },
  {
    name: "replace_all_patterns",
    parameters: ["target", "mode", "regex_pattern", "replacement", "function?", "replacement_format?"],
    build: (args) => {
      const mode = args.literalString("mode");
      if (mode !== "key" && mode !== "value")
        throw args.problem(`invalid mode ${mode}, must be either 'key' or 'value'`);
      const replacer = patternReplacer(args);
      return onMap(args, (map, frame) => {
        const replace = replacer(frame);
        if (mode === "key") replaceKeys(map, replace);
        else replaceValues(map, (value) => orUndefined(() => replace(value)) ?? value);
      });
    },
  },
  {
    name: "replace_all_matches",
    parameters: ["target", "pattern", "replacement", "function?", "replacement_format?"],
    build: (args) => {
      const replacer = matchReplacer(args);
      return onMap(args, (map, frame) => replaceValues(map, replacer(frame)));
    },
  },
];

/** In whole maps the Collector passes over what its function fails on. */
function orUndefined(step: () => string): string | undefined {
  const result = attempt(step);
  return "value" in result ? result.value : undefined;
}

function replaceValues(map: MapValue, replace: (value: string) => string): void {
  map.edit((_key, read) => {
    const value = read();
    if (typeof value !== "string") return undefined;
    const replaced = replace(value);
    return replaced === value ? undefined : { value: replaced };
  });
}

/** Of keys that become the same the later one wins; one that the function fails on goes. */
function replaceKeys(map: MapValue, replace: (key: string) => string): void {
  const pairs = map.pairs();
  const replaced = pairs.flatMap(([key, value]) => {
    const other = orUndefined(() => replace(key));
    return other === undefined ? [] : [[other, value] as const];
  });
  if (replaced.length === pairs.length && replaced.every(([key], index) => key === pairs[index]?.[0])) return;
  refill(map, new Map(replaced));
}

function patternReplacer(args: Args): Replacer {
  const pattern = args.pattern("regex_pattern");
  const replacement = args.string("replacement");
  const hash = hasher(args);
  return (frame) => {
    const template = replacement(frame);
    return (text) => {
      const re2 = pattern(frame);
      return hash
        ? replaceHashed(text, { re2, template, hash: (part) => hash(part, frame) })
        : re2.replace(text, template);
    };
  };
}

function replaceHashed(text: string, options: { re2: Re2; template: string; hash: (part: string) => string }): string {
  const { re2, template, hash } = options;
  const parts = parseTemplate(template);
  let replaced = "";
  let at = 0;
  for (const match of re2.matchAll(text)) {
    replaced += text.slice(at, match.start) + hash(re2.expand(parts, match));
    at = match.end;
  }
  return replaced + text.slice(at);
}

/** The replacement itself is hashed, not the value. */
function matchReplacer(args: Args): Replacer {
  const pattern = args.glob("pattern");
  const replacement = args.string("replacement");
  const hash = hasher(args);
  return (frame) => {
    const re2 = pattern(frame);
    const other = hash ? hash(replacement(frame), frame) : replacement(frame);
    return (text) => (re2.test(text) ? other : text);
  };
}

/** The function that an argument names, and the format that its result is put into: one with `%s`. */
function hasher(args: Args): ((text: string, frame: Frame) => string) | undefined {
  const format = args.has("replacement_format") ? args.string("replacement_format") : () => "%s";
  if (!args.has("function")) return undefined;
  const convert = args.textFunction("function");
  return (text, frame) => {
    const value = convert(text, frame);
    if (typeof value !== "string")
      throw new Failure(`the replacement value must be a string, but got ${kindOf(value)}`);
    const pattern = format(frame);
    if (!/^[^\n]*%s[^\n]*$/.test(pattern) || /%[^s]/.test(pattern))
      throw new Failure(
        "replacementFormat must be format string containing a single %s and no other format specifiers",
      );
    let used = 0;
    return pattern.replace(/%s/g, () => (used++ === 0 ? value : "%!s(MISSING)"));
  };
}
