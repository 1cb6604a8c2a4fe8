import { join } from "node:path";
import { build } from "esbuild";
import type { ZipFile } from "../zip.ts";
import { asScript, commonJsAsScript } from "./as-script.ts";
import { scriptName } from "./loader.ts";

/**
 * The files of a program, of its modules: a script for each, and for each of `entries` (`index.mjs`) what Node runs, `index.cjs`.
 * `index.mjs` runs the same, for who has always run that.
 */
export async function programFiles(
  modules: readonly ZipFile[],
  entries: readonly string[],
): Promise<readonly ZipFile[]> {
  const start = await startFile();
  const scripts = modules.map(({ name, bytes }) => ({ name: scriptName(name), bytes: scriptOf(name, bytes) }));
  const started = entries.flatMap((name) => {
    const file = name.replace(/[.]mjs$/, ".cjs");
    return [
      { name: file, bytes: start },
      { name, bytes: Buffer.from(`#!/usr/bin/env node\nimport "./${file}";\n`) },
    ];
  });
  return [...started, ...scripts];
}

function scriptOf(name: string, bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString();
  const script = name.endsWith(".cjs") ? commonJsAsScript(text) : asScript(name, text);
  return Buffer.from(script);
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
