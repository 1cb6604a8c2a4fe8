import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createSource, type Source } from "../../shared/alloy/source.ts";

/** Where a configuration comes from. */
export interface ConfigOrigin {
  /** File or directory; empty for another origin. */
  readonly path: string;
  /** The text itself, from ALLOY_CONFIG or SLUICE_CONFIG. */
  readonly text?: string;
  /** Name of an SSM parameter. */
  readonly parameter?: string;
}

/** Reads the text of an SSM parameter. */
export type ReadParameter = (name: string) => Promise<string>;

/** The sources of a configuration. Throws a sentence for a person. */
export async function readConfig(origin: ConfigOrigin, readParameter: ReadParameter): Promise<readonly Source[]> {
  const { path, text, parameter } = origin;
  if (path !== "") return readSources(path);
  if (parameter !== undefined) return [createSource("config.alloy", await readParameter(parameter))];
  if (text !== undefined) return [createSource("config.alloy", text)];
  throw new Error("accepts 1 arg(s), received 0: give a PATH, --config.ssm NAME, or the text itself in ALLOY_CONFIG");
}

/** A file, or the `*.alloy` files of a directory, not those of directories inside of it. */
export async function readSources(path: string): Promise<readonly Source[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(problem("stat", path, error));
  });
  if (!found.isDirectory()) return [await readSource(path)];
  const names = (await readdir(path)).filter((name) => name.endsWith(".alloy")).toSorted();
  if (names.length === 0) throw new Error(`${path} is a directory without a file *.alloy`);
  return Promise.all(names.map((name) => readSource(join(path, name))));
}

async function readSource(path: string): Promise<Source> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(problem("open", path, error));
  });
  return createSource(path, bytes);
}

const words: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
};

function problem(verb: string, path: string, { code = "", message }: NodeJS.ErrnoException): string {
  return `${verb} ${path}: ${words[code] ?? message}`;
}
