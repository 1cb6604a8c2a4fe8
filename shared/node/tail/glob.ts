import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import picomatch from "picomatch";

const maxAlternatives = 1000;
const maxDepth = 64;
const globCharacters = /[*?[\]{}]/;

/** True for a path with characters that only globs have. */
export function isGlob(path: string): boolean {
  return globCharacters.test(path);
}

/** Tests whole paths against a glob as doublestar reads it: `*` stays inside a segment and takes dot files too, `**` spans any number. */
export function globMatcher(pattern: string): (path: string) => boolean {
  return picomatch(pattern, { dot: true, nonegate: true, noextglob: true, nocase: false });
}

/** Files that an absolute glob finds, in order, at most `maxFiles`. Links to files are followed; `**` does not enter links to directories. */
export async function expandGlob(pattern: string, maxFiles: number): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const alternative of expandBraces(pattern)) {
    const segments = alternative.split("/").filter((segment) => segment !== "" && segment !== ".");
    const walk = { found, maxFiles };
    await visit(alternative.startsWith("/") ? "/" : ".", segments, walk);
  }
  return [...found].sort();
}

interface Walk {
  readonly found: Set<string>;
  readonly maxFiles: number;
  readonly depth?: number;
}

async function visit(directory: string, segments: readonly string[], walk: Walk): Promise<void> {
  const [segment, ...rest] = segments;
  const depth = walk.depth ?? 0;
  if (segment === undefined || walk.found.size >= walk.maxFiles || depth > maxDepth) return;
  const deeper = { ...walk, depth: depth + 1 };
  if (segment === "**") {
    await visit(directory, rest.length === 0 ? ["*"] : rest, deeper);
    for (const entry of await list(directory)) {
      if (entry.isDirectory()) await visit(join(directory, entry.name), segments, deeper);
    }
    return;
  }
  if (rest.length === 0) return addFiles(directory, segment, walk);
  for (const name of await names(directory, segment)) await visit(join(directory, name), rest, deeper);
}

/** The files of a directory that a segment finds. Most of them are known to be files without a look at each. */
async function addFiles(directory: string, segment: string, { found, maxFiles }: Walk): Promise<void> {
  if (!isGlob(segment)) {
    const path = join(directory, segment);
    if (await isFile(path)) found.add(path);
    return;
  }
  const matches = globMatcher(segment);
  for (const entry of await list(directory)) {
    if (found.size >= maxFiles) return;
    if (!matches(entry.name) || entry.isDirectory()) continue;
    const path = join(directory, entry.name);
    if (entry.isFile() || (await isFile(path))) found.add(path);
  }
}

async function names(directory: string, segment: string): Promise<readonly string[]> {
  if (!isGlob(segment)) return [segment];
  const matches = globMatcher(segment);
  return (await list(directory)).map(({ name }) => name).filter((name) => matches(name));
}

async function list(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** `a{b,c/d}e` → `abe`, `ac/de`. Braces without a pair stand for themselves. */
export function expandBraces(pattern: string): readonly string[] {
  let patterns = [pattern];
  for (let at = 0; at < patterns.length && patterns.length < maxAlternatives; ) {
    const parts = firstBraces(patterns[at] ?? "");
    if (parts === undefined) at += 1;
    else {
      const expanded = parts.alternatives.map((each) => parts.before + each + parts.after);
      patterns = [...patterns.slice(0, at), ...expanded, ...patterns.slice(at + 1)];
    }
  }
  return patterns;
}

function firstBraces(pattern: string) {
  for (let open = pattern.indexOf("{"); open >= 0; open = pattern.indexOf("{", open + 1)) {
    const alternatives: string[] = [];
    let depth = 1;
    let from = open + 1;
    for (let at = from; at < pattern.length; at += 1) {
      const character = pattern[at];
      if (character === "{") depth += 1;
      else if (character === "}") depth -= 1;
      if ((character === "," && depth === 1) || depth === 0) {
        alternatives.push(pattern.slice(from, at));
        from = at + 1;
      }
      if (depth === 0) return { before: pattern.slice(0, open), alternatives, after: pattern.slice(at + 1) };
    }
  }
  return undefined;
}
