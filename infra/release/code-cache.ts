import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorText } from "../../shared/error-text.ts";
import type { ReleasedBundle, ReleaseFile } from "./release.ts";

const maker = join(import.meta.dirname, "../program/make-code-cache.ts");

/**
 * `code.cache` of a program, made by the Node that runs it: no other one takes it. None, and a line on stderr, where that Node
 * does not run here, because it is another machine's for instance; the program starts without it too.
 */
export async function makeCodeCache(
  { files }: ReleasedBundle,
  node: string,
  folder: string,
): Promise<readonly ReleaseFile[]> {
  for (const { path, bytes } of files) writeFileSync(join(folder, path), bytes);
  try {
    await promisify(execFile)(node, ["--max-semi-space-size=1", maker, folder]);
  } catch (error) {
    process.stderr.write(`Packages bring no compiled code, because ${node} does not run: ${errorText(error)}\n`);
    return [];
  }
  return [{ path: "code.cache", bytes: readFileSync(join(folder, "code.cache")) }];
}
