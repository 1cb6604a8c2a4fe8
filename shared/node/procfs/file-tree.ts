import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { type FileTree, ReadError } from "../../prometheus/unix/host.ts";

const absent = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/**
 * A directory as the collectors read it. Reading is synchronous: these files are memory of the kernel, and a round trip
 * through the thread pool for each costs more than the read.
 */
export function createFileTree(directory: string): FileTree {
  const root = directory === "/" ? "" : directory.replace(/\/+$/, "");

  function read<T>(path: string, action: (absolute: string) => T): T | undefined {
    const absolute = `${root}/${path}`;
    // Many of these files cannot be read on many machines: an error with a stack costs more than all else here.
    const frames = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return action(absolute);
    } catch (error) {
      const code = codeOf(error);
      if (absent.has(code)) return undefined;
      throw new ReadError(absolute, code);
    } finally {
      Error.stackTraceLimit = frames;
    }
  }

  return {
    root,
    read: (path) => read(path, (absolute) => readFileSync(absolute, "utf8")),
    list: (path) => read(path, (absolute) => readdirSync(absolute).sort()),
    listFiles: (path) => read(path, (absolute) => namesOf(absolute, (entry) => entry.isFile())),
    listDirectories: (path) => read(path, (absolute) => namesOf(absolute, (entry) => entry.isDirectory())),
    resolve: (path) => read(path, (absolute) => realpathSync(absolute)),
    modified: (path) => read(path, (absolute) => statSync(absolute).mtimeMs / 1000),
  };
}

function namesOf(absolute: string, filter: (entry: Dirent) => boolean): string[] {
  const entries = readdirSync(absolute, { withFileTypes: true }).filter(filter);
  return entries.map(({ name }) => name).sort();
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
