import { readFileSync } from "node:fs";
import { Script } from "node:vm";
import type { CodeCache } from "./code-cache.ts";

export interface LoaderOptions {
  /** Where the scripts are. */
  readonly folder: string;
  /** For modules of Node. */
  readonly require: (name: string) => unknown;
  readonly cache?: CodeCache | undefined;
  /** Told of every script that was compiled. */
  onScript?(name: string, script: Script): void;
}

/** What `as-script.ts` makes of a module: it answers with what the module exports. */
type ModuleFunction = (
  require: (name: string) => unknown,
  load: (name: string) => Promise<unknown>,
  module: { exports: unknown },
) => unknown;

/**
 * Loads the modules of a program, each once, as plain scripts: without the loader of ES modules of Node, which costs 25 ms and
 * 7 MiB, and with the code that V8 compiled when the program was packaged. An entry that awaits at its top gives a promise.
 */
export function createLoader({ folder, require, cache, onScript }: LoaderOptions): (name: string) => unknown {
  const loaded = new Map<string, unknown>();
  return load;

  function load(name: string): unknown {
    if (loaded.has(name)) return loaded.get(name);
    const filename = `${folder}/${name}`;
    const source = readFileSync(filename, "utf8");
    const cachedData = cache?.codeOf(name, source);
    const script = new Script(source, { filename, ...(cachedData && { cachedData }) });
    if (script.cachedDataRejected) cache?.close();
    onScript?.(name, script);
    const run = script.runInThisContext() as ModuleFunction;
    const exports = run(requireFor, loadLater, { exports: {} });
    loaded.set(name, exports);
    return exports;
  }

  function requireFor(name: string): unknown {
    return name.startsWith("./") ? load(scriptName(name)) : require(name);
  }

  async function loadLater(name: string): Promise<unknown> {
    return load(scriptName(name));
  }
}

/** The script of a module that another one calls `./chunk-ABC.mjs` or `./yaml.cjs`. */
export function scriptName(module: string): string {
  return module.replace(/^[.][/]/, "").replace(/[.][cm]js$/, ".js");
}
