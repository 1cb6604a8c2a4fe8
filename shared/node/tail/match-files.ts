import { statSync } from "node:fs";
import type { Target } from "../../alloy/composite-types.ts";
import { expandBraces, expandGlob, globMatcher, isGlob } from "./glob.ts";

const maxFiles = 100_000;
/** The label that holds a path or glob, and the one that says what it leaves out. */
export const pathLabel = "__path__";
const excludeLabel = "__path_exclude__";

export interface MatchOptions {
  /** Files last written to longer ago are left out; 0 takes all. */
  readonly maxAgeMs: number;
  readonly now: () => number;
}

/** One target for each file that the globs of `targets` find, with the other labels kept; equal ones once. */
export async function matchFiles(targets: readonly Target[], options: MatchOptions): Promise<readonly Target[]> {
  const found = new Map<string, Target>();
  for (const target of targets) {
    const pattern = target.get(pathLabel);
    if (pattern === undefined) continue;
    const isExcluded = excluder(target.get(excludeLabel));
    const labels = [...target].filter(([name]) => name !== excludeLabel);
    const paths = isGlob(pattern) ? await expandGlob(pattern, maxFiles) : [pattern];
    for (const path of paths) {
      if (isExcluded(path) || ((options.maxAgeMs > 0 || !isGlob(pattern)) && isTooOld(path, options))) continue;
      const one = new Map([...labels, [pathLabel, path] as const]);
      found.set(JSON.stringify([...one]), one);
    }
  }
  return [...found.values()];
}

function excluder(pattern: string | undefined): (path: string) => boolean {
  if (pattern === undefined || pattern === "") return () => false;
  const matchers = expandBraces(pattern).map(globMatcher);
  return (path) => matchers.some((matches) => matches(path));
}

function isTooOld(path: string, { maxAgeMs, now }: MatchOptions): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  return stats.isDirectory() || (maxAgeMs > 0 && now() - stats.mtimeMs > maxAgeMs);
}
