import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

/** A file of the page as it is served: gzip, and by which path. */
export interface BuiltFile {
  readonly path: string;
  readonly gzip: Uint8Array;
}

export interface BuiltPage {
  readonly files: readonly BuiltFile[];
  /** What is inside, for the notices of licences. */
  readonly metafile: Metafile;
}

const root = resolve(import.meta.dirname, "..");

/** Bundles `ui/page` for browsers: one document, one script, one style sheet. The same sources give the same bytes. */
export async function buildPage(): Promise<BuiltPage> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: "ui/page/main.tsx", out: "main" },
      { in: "ui/page/graph/layout-worker.ts", out: "layout" },
    ],
    outdir: "ui/out",
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    metafile: true,
    write: false,
  });
  const document = { path: "/", bytes: readFileSync(join(root, "ui/page/index.html")) };
  const built = outputFiles.map(({ path, contents }) => ({ path: `/ui/${basename(path)}`, bytes: contents }));
  const files = [document, ...built].map(({ path, bytes }) => ({ path, gzip: gzipSync(bytes, { level: 9 }) }));
  return { files, metafile };
}
