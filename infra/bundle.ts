import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { type Artifact, type ArtifactName, artifacts } from "./artifacts.ts";
import { noticesOf } from "./notices.ts";
import { zip } from "./zip.ts";

/** What a build left behind. Paths are absolute; `sha256` is that of the zip, of the file where there is none. */
export interface Bundle {
  readonly name: ArtifactName;
  readonly file: string;
  readonly bytes: number;
  readonly zip?: string;
  readonly zipBytes?: number;
  readonly sha256: string;
}

const root = resolve(import.meta.dirname, "..");
/** Beside the program, wherever it goes. */
const noticesName = "THIRD_PARTY_NOTICES";
const credentials = join(import.meta.dirname, "environment-credentials.ts");

/**
 * Bundles one artifact into a single minified ES module, `<outDir>/<name>/index.mjs`, and a function into
 * `<outDir>/<name>.zip` too, for `index.handler`. The same sources give the same bytes. The source map stays
 * beside the file and out of the zip; the licences of what is inside go with it.
 */
export async function bundle(name: ArtifactName, outDir = join(root, "dist")): Promise<Bundle> {
  const folder = resolve(outDir, name);
  const file = join(folder, "index.mjs");
  mkdirSync(folder, { recursive: true });
  const { entry, kind } = artifacts[name];
  const { bytes, notices } = await bundleWithNotices(entry, { kind, outfile: file });
  writeFileSync(join(folder, noticesName), notices);
  if (kind === "program") return { name, file, bytes: bytes.length, sha256: digest(bytes) };
  const archive = zip([
    { name: "index.mjs", bytes },
    { name: noticesName, bytes: new TextEncoder().encode(notices) },
  ]);
  const path = `${folder}.zip`;
  writeFileSync(path, archive);
  return { name, file, bytes: bytes.length, zip: path, zipBytes: archive.length, sha256: digest(archive) };
}

/** Bundles the module at `entry` (relative to the repository) into `outfile`, as `kind` asks, and returns its bytes. */
export async function bundleEntry(entry: string, options: EntryOptions): Promise<Uint8Array> {
  return (await bundleWithNotices(entry, options)).bytes;
}

interface EntryOptions {
  readonly kind: Artifact["kind"];
  readonly outfile: string;
}

async function bundleWithNotices(
  entry: string,
  { kind, outfile }: EntryOptions,
): Promise<{ readonly bytes: Uint8Array; readonly notices: string }> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // The AWS SDK's ES modules can be tree-shaken, its CommonJS ones cannot: half the import time.
    mainFields: ["module", "main"],
    alias: kind === "function" ? { "@aws-sdk/credential-provider-node": credentials } : {},
    minify: true,
    plugins: [lazyHttp],
    // CommonJS packages inside the bundle ask for Node's own modules through `require`.
    banner: {
      js: `${kind === "program" ? "#!/usr/bin/env node\n" : ""}import{createRequire as createBundleRequire}from"node:module";const require=createBundleRequire(import.meta.url);`,
    },
    sourcemap: "external",
    legalComments: "external",
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  for (const output of result.outputFiles) writeFileSync(output.path, output.contents);
  const bytes = result.outputFiles.find((output) => output.path === resolve(root, outfile))?.contents;
  if (!bytes) throw new Error(`esbuild wrote no ${outfile} for ${entry}`);
  return { bytes, notices: noticesOf(result.metafile, root) };
}

/**
 * Imported as an ES module, `node:http` reads all that it exports, and so loads the `fetch` that nobody here uses: 2 MiB and
 * 15 ms. Required, it does not.
 */
const lazyHttp: Plugin = {
  name: "lazy-http",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === "require-call" ? { path: "node:http", external: true } : { path: "node:http", namespace: "required" },
    );
    onLoad({ filter: /.*/, namespace: "required" }, () => ({ contents: 'module.exports = require("node:http")' }));
  },
};

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
