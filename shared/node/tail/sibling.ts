import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileAt, isContinued } from "./open-file.ts";
import type { Position } from "./positions.ts";

const maxFiles = 10_000;
/** A copy may be made a moment before the last lines of the original are read. */
const copySlackMs = 5_000;
/** What rotation puts behind a name: `.1`, `-20251125`, `.2025-11-25T10:00`. */
const rotatedSuffix = /^[.-][0-9][0-9T:._-]*$/;

/**
 * The files that stand between a position and what `path` leads to now, oldest first: the one that the position is of, renamed while
 * nobody read it, and those that came and were renamed after it. Empty when the position is of the file at `path`, or its file is gone.
 */
export function rotatedSince(path: string, position: Position): readonly string[] {
  const { file, signature } = position;
  if (file === undefined || fileAt(path) === file) return [];
  const names = list(dirname(path)).slice(0, maxFiles);
  const rotated = rotatedNames(path, names);
  // A file of which nothing had been written has no signature: then its name must say that it was rotated.
  const candidates = signature === undefined ? rotated : names.map((name) => join(dirname(path), name));
  const own = candidates.find(
    (each) => fileAt(each) === file && (signature === undefined || isContinued(each, position)),
  );
  if (own === undefined) return [];
  const since = modifiedMs(own);
  const later = rotated
    .filter((each) => each !== own && modifiedMs(each) > since)
    .sort((a, b) => modifiedMs(a) - modifiedMs(b));
  return [own, ...later];
}

/**
 * The copy that rotation made of a file before it truncated it, when it holds more than was read: it begins as the file did, and was
 * made no earlier than the last line was read. The newest of several; undefined when there is none.
 */
export function copyOf(path: string, position: Position): string | undefined {
  const { signature, readMs, offset } = position;
  if (signature === undefined || readMs === undefined) return undefined;
  const original = fileAt(path);
  const copies = rotatedNames(path, list(dirname(path)).slice(0, maxFiles)).flatMap((name) => {
    const stats = statSync(name, { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size <= offset || stats.ctimeMs < readMs - copySlackMs) return [];
    return fileAt(name) !== original && isContinued(name, position) ? [{ name, madeMs: stats.ctimeMs }] : [];
  });
  return copies.sort((a, b) => b.madeMs - a.madeMs)[0]?.name;
}

function rotatedNames(path: string, names: readonly string[]): readonly string[] {
  const name = basename(path);
  return names
    .filter((each) => each.startsWith(name) && rotatedSuffix.test(each.slice(name.length)))
    .map((each) => join(dirname(path), each));
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function modifiedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
