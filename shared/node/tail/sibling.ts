import { closeSync, openSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileId } from "./open-file.ts";
import type { Position } from "./positions.ts";
import { hasSignature } from "./signature.ts";

const maxFiles = 10_000;

/** Where the file of a position is now, in the same directory, when `path` leads to another one: renamed while nobody read it. */
export function findSibling(path: string, { file, signature }: Position): string | undefined {
  if (file === undefined || signature === undefined || idOf(path) === file) return undefined;
  const directory = dirname(path);
  for (const name of list(directory).slice(0, maxFiles)) {
    const candidate = join(directory, name);
    if (idOf(candidate) === file && begins(candidate, signature)) return candidate;
  }
  return undefined;
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function idOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? fileId(stats) : undefined;
}

function begins(path: string, signature: Position["signature"]): boolean {
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
