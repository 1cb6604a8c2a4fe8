import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { loadPackaged } from "../../../functions/packaged.ts";
import { bundleEntry } from "../../../infra/bundle.ts";
import { packagePipeline } from "../../../infra/packaged-pipeline/package-pipeline.ts";

const root = join(import.meta.dirname, "../../..");

/** What a function finds in its bundle that was packaged with `text`; undefined for a pipeline that is read at the start. */
export async function openPackaged(text: string, folder: string) {
  const plugin = await packagePipeline(text, root);
  if (!plugin) return undefined;
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "index.mjs");
  await bundleEntry("functions/packaged.ts", { kind: "function", outfile, plugins: [plugin] });
  const module: { loadPackaged: typeof loadPackaged } = await import(pathToFileURL(outfile).href);
  return module.loadPackaged?.();
}
