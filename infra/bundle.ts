import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { packagedFile } from "../functions/packaged-file.ts";
import { buildPage } from "../ui/build-page.ts";
import { type Artifact, type ArtifactName, artifacts } from "./artifacts.ts";
import { builtPage } from "./built-page.ts";
import { lazyFiles, lazyPackages } from "./lazy-packages.ts";
import { noticesOf } from "./notices.ts";
import { packagePipeline } from "./packaged-pipeline/package-pipeline.ts";
import { readingEntry, readingModule } from "./packaged-pipeline/plugin.ts";
import { programFiles } from "./program/program-files.ts";
import { requiredBuiltins } from "./required-builtins.ts";
import { shortManifest } from "./short-manifest.ts";
import { type ZipFile, zip } from "./zip.ts";

/** What a build left behind. Paths are absolute; `sha256` is that of the zip, of the file where there is none. */
export interface Bundle extends Start {
  readonly name: ArtifactName;
  readonly file: string;
  /** The names of the modules that belong beside it. */
  readonly beside: readonly string[];
  readonly zip?: string;
  readonly zipBytes?: number;
  readonly sha256: string;
}

/** What a bundle loads as it starts. */
interface Start {
  readonly bytes: number;
  /** Paths in the repository, and `required:node:…` for what is Node's. */
  readonly modules: readonly string[];
}

const root = resolve(import.meta.dirname, "..");
/** Beside the program, wherever it goes. */
const noticesName = "THIRD_PARTY_NOTICES";
const credentials = join(import.meta.dirname, "environment-credentials.ts");

/**
 * Bundles one artifact into a minified ES module, `<outDir>/<name>/index.mjs`, a program into scripts with `index.cjs`, and a
 * function into `<outDir>/<name>.zip` too, for `index.handler`; what may never be needed is in files of its own beside it. The same sources give the same bytes. The source maps stay beside the files and out of the zip; the licences of what is inside go with it, and the file `pipeline` of a stage.
 */
export async function bundle(name: ArtifactName, outDir = join(root, "dist"), pipeline = ""): Promise<Bundle> {
  const folder = resolve(outDir, name);
  const { entry, kind, beside: alsoStarted }: Artifact = artifacts[name];
  const file = join(folder, kind === "program" ? "index.cjs" : "index.mjs");
  mkdirSync(folder, { recursive: true });
  const text = artifacts[name].pipeline && pipeline !== "" ? readFileSync(pipeline) : undefined;
  const plugin = text && (await packagePipeline(text.toString(), root));
  const options = { kind, outfile: file, beside: alsoStarted, plugins: plugin ? [plugin] : [] };
  const { bytes, start, ...main } = await bundleWithInputs(entry, options);
  // What reads pipelines, for when this one has changed.
  const reading = plugin && (await bundleWithInputs(readingEntry, { kind, outfile: join(folder, readingModule) }));
  const chunks = byName([
    ...main.chunks,
    ...(reading ? [{ name: readingModule, bytes: reading.bytes }, ...reading.chunks] : []),
  ]);
  const notices = noticesOf({ inputs: { ...main.inputs, ...reading?.inputs } }, root);
  const beside = chunks.map((chunk) => chunk.name);
  writeFileSync(join(folder, noticesName), notices);
  if (kind !== "function") {
    const all = Buffer.concat([bytes, ...chunks.map((chunk) => chunk.bytes)]);
    return { name, file, beside, ...start, sha256: digest(all) };
  }
  const archive = zip([
    { name: "index.mjs", bytes },
    ...chunks,
    ...(text ? [{ name: packagedFile, bytes: text }] : []),
    { name: noticesName, bytes: new TextEncoder().encode(notices) },
  ]);
  const path = `${folder}.zip`;
  writeFileSync(path, archive);
  return { name, file, beside, ...start, zip: path, zipBytes: archive.length, sha256: digest(archive) };
}

/** Bundles the module at `entry` (relative to the repository) into `outfile`, as `kind` asks, and returns its bytes. */
export async function bundleEntry(entry: string, options: EntryOptions): Promise<Uint8Array> {
  return (await bundleWithInputs(entry, options)).bytes;
}

interface EntryOptions {
  readonly kind: Artifact["kind"];
  readonly outfile: string;
  readonly beside?: Artifact["beside"];
  readonly plugins?: readonly Plugin[];
}

interface Bundled {
  readonly bytes: Uint8Array;
  /** What the module imports from beside it. */
  readonly chunks: readonly ZipFile[];
  readonly start: Start;
  /** What it is made of, with its chunks. */
  readonly inputs: Metafile["inputs"];
}

async function bundleWithInputs(entry: string, options: EntryOptions): Promise<Bundled> {
  const { kind, outfile, beside = {}, plugins = [] } = options;
  const outdir = dirname(resolve(root, outfile));
  const isProgram = kind === "program";
  const start = basename(outfile).replace(/[.]cjs$/, ".mjs");
  const page = kind === "function" ? undefined : await buildPage();
  const others = Object.entries(beside).map(([name, path]) => ({ in: path, out: name }));
  const result = await build({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: basename(start, ".mjs") }, ...others],
    // Source maps, and with them the names of chunks, hold paths from here: the same wherever the bundle goes.
    outdir: join(root, "dist"),
    outExtension: { ".js": ".mjs" },
    chunkNames: "chunk-[hash]",
    splitting: kind !== "file",
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // The AWS SDK's ES modules can be tree-shaken, its CommonJS ones cannot: half the import time.
    mainFields: ["module", "main"],
    alias: kind === "function" ? { "@aws-sdk/credential-provider-node": credentials } : {},
    minify: true,
    plugins: [
      ...plugins,
      ...(kind === "function" ? [shortManifest] : []),
      requiredBuiltins({ isLazy: isProgram }),
      lazyPackages(root, { isBeside: kind !== "file" }),
      builtPage(page?.files ?? []),
    ],
    // CommonJS packages inside the bundle ask for Node's own modules through `require`.
    banner: isProgram
      ? {}
      : {
          js: `${kind === "file" ? "#!/usr/bin/env node\n" : ""}import{createRequire as createBundleRequire}from"node:module";const require=createBundleRequire(import.meta.url);`,
        },
    sourcemap: "external",
    sourcesContent: false,
    legalComments: "external",
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  const lazy = kind === "file" ? [] : await lazyFiles(result.metafile, root);
  const outputs = result.outputFiles.map(({ path, contents }) => ({ name: basename(path), bytes: contents }));
  const modules = [...outputs.filter(({ name }) => name.endsWith(".mjs")), ...lazy.map(({ file }) => file)];
  const maps = new Map(
    outputs.flatMap(({ name, bytes }) => (name.endsWith(".map") ? [[name.slice(0, -4), bytes]] : [])),
  );
  const program = isProgram
    ? await programFiles(modules, [start, ...Object.keys(beside).map((name) => `${name}.mjs`)], maps)
    : undefined;
  const made = program?.files ?? modules;
  const extra = program ? [...program.maps, ...outputs.filter(({ name }) => name.endsWith(".txt"))] : outputs;
  for (const { name, bytes } of [...made, ...extra.filter(({ name }) => /[.](map|txt)$/.test(name))]) {
    writeFileSync(join(outdir, name), bytes);
  }
  const chunks = made.filter(({ name }) => name !== basename(outfile));
  const bytes = made.find(({ name }) => name === basename(outfile))?.bytes;
  if (!bytes) throw new Error(`esbuild wrote no ${outfile} for ${entry}`);
  const inputs = [result.metafile.inputs, page?.metafile.inputs, ...lazy.map((each) => each.inputs)];
  return {
    bytes,
    chunks,
    start: startOf(result.metafile, start),
    inputs: Object.assign({}, ...inputs),
  };
}

/** A module and all that it imports as it starts: not what it may import later. */
function startOf({ outputs }: Metafile, start: string): Start {
  const files = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const loaded = new Set<string>([start]);
  for (const name of loaded) {
    for (const { path, kind } of files.get(name)?.imports ?? []) {
      if (kind === "import-statement" && files.has(basename(path))) loaded.add(basename(path));
    }
  }
  const all = [...loaded].flatMap((name) => files.get(name) ?? []);
  const modules = all.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return { bytes: all.reduce((sum, { bytes }) => sum + bytes, 0), modules };
}

/** Both bundles may bring the same file of a package. */
function byName(files: readonly ZipFile[]): readonly ZipFile[] {
  return [...new Map(files.map((each) => [each.name, each])).values()];
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
