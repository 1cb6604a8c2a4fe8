import { createRequire } from "node:module";
import { build, type Metafile, type Plugin } from "esbuild";
import { lazyExports } from "./required-builtins.ts";
import type { ZipFile } from "./zip.ts";

/** What few configurations need, as it is imported: what it weighs is read and run when something of it is used first. */
const packages = ["bcryptjs", "protobufjs/minimal.js", "re2js", "yaml"];
const asked = new RegExp(`^(${packages.join("|").replaceAll(".", "[.]")})$`);
const namespace = "lazy-package";

/**
 * What is imported of a lazy package loads it when it is used: from a file beside the bundle, so that not even its text is
 * parsed before (`isBeside`), or else from within. Code that runs as a module is evaluated must not use it.
 */
export function lazyPackages(root: string, { isBeside }: { readonly isBeside: boolean }): Plugin {
  return {
    name: "lazy-packages",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: asked }, ({ path, namespace: importer }) =>
        importer === namespace ? undefined : { path, namespace },
      );
      onResolve({ filter: /[.]cjs$/, namespace }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        resolveDir: root,
        contents: lazyExports(`require(${JSON.stringify(isBeside ? `./${fileOf(path)}` : path)})`, namesOf(path, root)),
      }));
    },
  };
}

/** The files of the lazy packages that a bundle asks for, and what they are made of. */
export async function lazyFiles(
  { inputs }: Pick<Metafile, "inputs">,
  root: string,
): Promise<readonly { readonly file: ZipFile; readonly inputs: Metafile["inputs"] }[]> {
  const wanted = packages.filter((name) => `${namespace}:${name}` in inputs);
  return Promise.all(wanted.map((name) => lazyFile(name, root)));
}

async function lazyFile(name: string, root: string) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [name],
    outfile: fileOf(name),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
  });
  const bytes = outputFiles[0]?.contents;
  if (!bytes) throw new Error(`esbuild wrote nothing for ${name}`);
  return { file: { name: fileOf(name), bytes }, inputs: metafile.inputs };
}

function fileOf(name: string): string {
  return `${name.replace(/[/].*$/, "")}.cjs`;
}

function namesOf(name: string, root: string): readonly string[] {
  return Object.keys(createRequire(`${root}/package.json`)(name)).filter((each) => each !== "default");
}
