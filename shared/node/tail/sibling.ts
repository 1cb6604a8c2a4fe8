import { closeSync, openSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileId } from "./open-file.ts";
import type { Position } from "./positions.ts";
import { hasSignature, type Signature } from "./signature.ts";

const maxFiles = 10_000;
/** What rotation puts behind a name: `.1`, `-20251125`, `.2025-11-25T10:00`. */
const rotatedSuffix = /^[.-][0-9][0-9T:._-]*$/;

/**
 * The files that stand between a position and what `path` leads to now, oldest first: the one that the position is of, renamed while
 * nobody read it, and those that came and were renamed after it. Empty when the position is of the file at `path`, or its file is gone.
 */
export function rotatedSince(path: string, { file, signature }: Position): readonly string[] {
  if (file === undefined || idOf(path) === file) return [];
  const directory = dirname(path);
  const names = list(directory).slice(0, maxFiles);
  const isRotated = (name: string) =>
    name.startsWith(basename(path)) && rotatedSuffix.test(name.slice(basename(path).length));
  const rotated = names.filter(isRotated).map((name) => join(directory, name));
  // A file of which nothing had been written has no signature: then its name must say that it was rotated.
  const candidates = signature === undefined ? rotated : names.map((name) => join(directory, name));
  const own = candidates.find((each) => idOf(each) === file && (signature === undefined || begins(each, signature)));
  if (own === undefined) return [];
  const since = modifiedMs(own);
  const later = rotated
    .filter((each) => each !== own && modifiedMs(each) > since)
    .sort((a, b) => modifiedMs(a) - modifiedMs(b));
  return [own, ...later];
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

function idOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? fileId(stats) : undefined;
}

function begins(path: string, signature: Signature): boolean {
  try {
    const fd = openSync(path, "r");
    try {
      return hasSignature(fd, signature);
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
