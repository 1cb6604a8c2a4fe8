import { join } from "node:path";
import { build } from "esbuild";
import type { ZipFile } from "../zip.ts";
import { asScript, commonJsAsScript } from "./as-script.ts";
import { scriptName } from "./loader.ts";
import { shiftMap } from "./shift-map.ts";

/** What a program is made of; the source maps of its scripts stay with whoever builds it. */
export interface ProgramFiles {
  readonly files: readonly ZipFile[];
  readonly maps: readonly ZipFile[];
}

/**
 * The files of a program, of its modules: a script for each, and for each of `entries` (`index.mjs`) what Node runs, `index.cjs`.
 * `index.mjs` runs the same, for who has always run that. `maps` are those of modules, by the module's name.
 */
export async function programFiles(
  modules: readonly ZipFile[],
  entries: readonly string[],
  maps: ReadonlyMap<string, Uint8Array>,
): Promise<ProgramFiles> {
  const start = await startFile();
  const started = entries.flatMap((name) => {
    const file = name.replace(/[.]mjs$/, ".cjs");
    return [
      { name: file, bytes: start },
      { name, bytes: Buffer.from(`#!/usr/bin/env node\nimport "./${file}";\n`) },
    ];
  });
  const scripts = modules.map(({ name, bytes }) => scriptOf(name, bytes, maps.get(name)));
  return { files: [...started, ...scripts.map(({ file }) => file)], maps: scripts.flatMap(({ map }) => map ?? []) };
}

function scriptOf(
  module: string,
  bytes: Uint8Array,
  map: Uint8Array | undefined,
): { readonly file: ZipFile; readonly map?: ZipFile } {
  const source = Buffer.from(bytes).toString();
  const name = scriptName(module);
  if (module.endsWith(".cjs")) return { file: { name, bytes: Buffer.from(commonJsAsScript(source)) } };
  const { text, columnOf } = asScript(module, source);
  const file = { name, bytes: Buffer.from(text) };
  if (!map) return { file };
  return { file, map: { name: `${name}.map`, bytes: Buffer.from(shiftMap(Buffer.from(map).toString(), columnOf)) } };
}

async function startFile(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "start.ts")],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    banner: { js: "#!/usr/bin/env node" },
    write: false,
  });
  const [file] = outputFiles;
  if (!file) throw new Error("esbuild wrote nothing for start.ts");
  return file.contents;
}
