import { RE2JS, RE2JSSyntaxException } from "re2js";
import { type DistinctNames, distinctNames } from "./distinct-names.ts";
import { type Judged, judgePattern } from "./judge.ts";
import { parseTemplate, type TemplatePart } from "./template.ts";

const maxPatternChars = 65_536;

/** A match: where it is (UTF-16 units) and its groups, group 0 being the whole; undefined for a group without a part in it. */
export interface Re2Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/** A regular expression in RE2's syntax. Every method takes time linear in the length of the text, whatever the pattern. */
export interface Re2 {
  readonly pattern: string;
  /** Names of the groups by their number; group 0 and unnamed ones are undefined. */
  readonly groupNames: readonly (string | undefined)[];
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** The first match at or after `from`. */
  exec(text: string, from?: number): Re2Match | undefined;
  /** Start and end of every group of the first match at or after `from`, -1 where it has no part in it. */
  execIndices(text: string, from?: number): readonly number[] | undefined;
  /** All matches, as Go's `FindAll`: an empty one right behind another does not count. */
  matchAll(text: string): Re2Match[];
  /** Replaces all matches; the template is Go's: `$1`, `${name}`, `$$`. */
  replace(text: string, template: string): string;
  /** A template with the groups of a match put in. */
  expand(template: string | readonly TemplatePart[], match: Re2Match): string;
}

/** A pattern that can run, or why it cannot, in Go's words. */
export type CompiledRe2 =
  | { readonly kind: "re2"; readonly re2: Re2 }
  | { readonly kind: "rejected"; readonly message: string };

/**
 * Compiles a user's pattern; `flags` out of `i`, `m`, `s` as if written in front of it. RE2 (re2js) decides what is valid unless it is plain;
 * JavaScript's engine runs it where the result is the same and the time is bounded, RE2 elsewhere. Never throws.
 * @example compileRe2("(?P<level>\\w+)=") // { kind: "re2", re2 }
 */
export function compileRe2(pattern: string, flags = ""): CompiledRe2 {
  const source = flags === "" ? pattern : `(?${flags})${pattern}`;
  if (source.length > maxPatternChars) {
    return {
      kind: "rejected",
      message: `error parsing regexp: the pattern has ${source.length} characters, at most ${maxPatternChars} are allowed`,
    };
  }
  try {
    return { kind: "re2", re2: createRe2(pattern, source) };
  } catch (error) {
    const message = error instanceof RE2JSSyntaxException ? error.message : `error parsing regexp: ${String(error)}`;
    return { kind: "rejected", message };
  }
}

/** Compiles a pattern that must match the whole text, newlines included, as Prometheus and Loki anchor theirs. */
export function compileFullRe2(pattern: string): CompiledRe2 {
  return compileRe2(`^(?s:${pattern})$`);
}

function createRe2(pattern: string, source: string): Re2 {
  let compiled: RE2JS | undefined;
  let named: DistinctNames | undefined;
  const distinct = (): DistinctNames => {
    named ??= distinctNames(source);
    return named;
  };
  // Compiling by RE2 costs more than the rest of a start: left out where it is valid anyway and runs elsewhere.
  const slow = (): RE2JS => {
    compiled ??= RE2JS.compile(distinct().source);
    return compiled;
  };
  const judged = judgePattern(source);
  const groupNames = judged.groupNames ?? namesOf(slow(), distinct().names);
  const fast = fastRegExp(judged);
  let searchPlaces: RegExp | undefined;
  const places = ({ search }: FastRegExp): RegExp => {
    searchPlaces ??= new RegExp(search.source, "dgu");
    return searchPlaces;
  };
  const exec = (text: string, from = 0): Re2Match | undefined => {
    if (!fast || text.length > fast.maxChars) {
      return slowExec(slow(), text, from);
    }
    fast.search.lastIndex = from;
    const found = fast.search.exec(text);
    return found ? { start: found.index, end: found.index + found[0].length, groups: found } : undefined;
  };
  const matchAll = (text: string): Re2Match[] => allMatches(text, exec);
  const expand = (template: string | readonly TemplatePart[], match: Re2Match): string => {
    const parts = typeof template === "string" ? parseTemplate(template) : template;
    return expandParts(parts, match, groupNames);
  };
  return {
    pattern,
    groupNames,
    test: (text) => (fast && text.length <= fast.maxChars ? fast.test.test(text) : slow().test(text)),
    exec,
    execIndices: (text, from = 0) =>
      fast && text.length <= fast.maxChars ? fastIndices(places(fast), text, from) : slowIndices(slow(), text, from),
    matchAll,
    replace: (text, template) => {
      const parts = parseTemplate(template);
      let out = "";
      let at = 0;
      for (const match of matchAll(text)) {
        out += text.slice(at, match.start) + expandParts(parts, match, groupNames);
        at = match.end;
      }
      return out + text.slice(at);
    },
    expand,
  };
}

function namesOf(compiled: RE2JS, originals: ReadonlyMap<string, string>): readonly (string | undefined)[] {
  const names = new Array<string | undefined>(compiled.groupCount() + 1).fill(undefined);
  for (const [name, index] of Object.entries(compiled.namedGroups())) names[index] = originals.get(name) ?? name;
  return names;
}

interface FastRegExp {
  readonly test: RegExp;
  readonly search: RegExp;
  readonly maxChars: number;
}

function fastRegExp({ fast }: Judged): FastRegExp | undefined {
  if (!fast) return undefined;
  const { emitted, maxChars } = fast;
  return { test: new RegExp(emitted, "u"), search: new RegExp(emitted, "gu"), maxChars };
}

function slowExec(slow: RE2JS, text: string, from: number): Re2Match | undefined {
  const matcher = slow.matcher(text);
  if (from > text.length || !matcher.find(from)) {
    return undefined;
  }
  const groups: (string | undefined)[] = [];
  for (let i = 0; i <= slow.groupCount(); i++) {
    groups.push(matcher.group(i) ?? undefined);
  }
  return { start: matcher.start(), end: matcher.end(), groups };
}

function fastIndices(search: RegExp, text: string, from: number): readonly number[] | undefined {
  search.lastIndex = from;
  const places = search.exec(text)?.indices;
  if (places === undefined) return undefined;
  const indices: number[] = [];
  for (const place of places as readonly ([number, number] | undefined)[]) {
    indices.push(place?.[0] ?? -1, place?.[1] ?? -1);
  }
  return indices;
}

function slowIndices(slow: RE2JS, text: string, from: number): readonly number[] | undefined {
  const matcher = slow.matcher(text);
  if (from > text.length || !matcher.find(from)) {
    return undefined;
  }
  const indices: number[] = [];
  for (let i = 0; i <= slow.groupCount(); i++) {
    indices.push(matcher.start(i), matcher.end(i));
  }
  return indices;
}

function allMatches(text: string, exec: (text: string, from: number) => Re2Match | undefined): Re2Match[] {
  const out: Re2Match[] = [];
  let from = 0;
  let lastEnd = -1;
  while (from <= text.length) {
    const match = exec(text, from);
    if (!match) {
      return out;
    }
    const empty = match.end === match.start;
    if (!empty || match.start !== lastEnd) {
      out.push(match);
      lastEnd = match.end;
    }
    from = empty ? match.end + ((text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1) : match.end;
  }
  return out;
}

/** Of groups with the same name the first that has a part in the match. */
function expandParts(parts: readonly TemplatePart[], match: Re2Match, names: readonly (string | undefined)[]): string {
  let out = "";
  for (const part of parts) {
    if (part.kind === "text") out += part.text;
    else if (part.kind === "group") out += match.groups[part.index] ?? "";
    else out += match.groups.find((group, index) => group !== undefined && names[index] === part.name) ?? "";
  }
  return out;
}
