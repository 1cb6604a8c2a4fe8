import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { firstLineOf } from "../error-text.ts";

/** What a file holds, that it is as it was, or why it cannot be read. */
export type FileContent =
  | { readonly kind: "content"; readonly value: unknown }
  | { readonly kind: "unchanged" }
  | { readonly kind: "rejected"; readonly message: string };

const maxFileBytes = 16 * 1024 * 1024;

/** Reads JSON and YAML files by their paths; a `*` may stand in the last part of a path. */
export function createTargetFiles(patterns: readonly string[]) {
  const seen = new Map<string, string>();

  async function contentOf(path: string): Promise<FileContent> {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const version = `${ino} ${mtimeMs} ${size}`;
      if (seen.get(path) === version) return { kind: "unchanged" };
      seen.set(path, version);
      if (size > maxFileBytes) return { kind: "rejected", message: `longer than ${maxFileBytes} bytes` };
      const text = await readFile(path, "utf8");
      const value = /\.json$/i.test(path) ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
      return { kind: "content", value: value ?? [] };
    } catch (error) {
      const message = firstLineOf(error);
      return { kind: "rejected", message };
    }
  }

  return {
    /** Every file there is now, with what is new in it. */
    async read(): Promise<ReadonlyMap<string, FileContent>> {
      const paths = new Set((await Promise.all(patterns.map(expand))).flat());
      const found = new Map<string, FileContent>();
      for (const path of paths) found.set(path, await contentOf(path));
      for (const path of seen.keys()) if (!paths.has(path)) seen.delete(path);
      return found;
    },
  };
}

async function expand(pattern: string): Promise<string[]> {
  if (!pattern.includes("*")) {
    return stat(pattern).then(
      () => [pattern],
      () => [],
    );
  }
  const [before = "", after = ""] = basename(pattern).split("*");
  const names = await readdir(dirname(pattern)).catch(() => []);
  return names
    .filter((name) => name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after))
    .sort()
    .map((name) => join(dirname(pattern), name));
}
