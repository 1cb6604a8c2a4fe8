import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { artifacts, isArtifactName } from "./artifacts.ts";
import { bundle } from "./bundle.ts";

/**
 * `npm run stack < trace.txt` prints a stack trace of a release with the places in the sources, when it runs in a checkout of that
 * version: the same sources give the same bundle. `npm run stack -- ingest` for a function; otherwise it is the daemon.
 */
const root = resolve(import.meta.dirname, "..");
const [name = "daemon"] = process.argv.slice(2);
if (!isArtifactName(name)) {
  console.error(`There is no artifact ${name}; there are ${Object.keys(artifacts).join(", ")}.`);
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), "sluice-stack-"));
const folder = dirname((await bundle(name, scratch)).file);
const trace = await text(process.stdin);
process.stdout.write(trace.replace(/[^\s()]*?([\w.-]+[.][cm]?js):(\d+):(\d+)/g, inSources));
rmSync(scratch, { recursive: true });

function inSources(place: string, file: string, line: string, column: string): string {
  let map: string;
  try {
    map = readFileSync(join(folder, `${basename(file)}.map`), "utf8");
  } catch {
    return place;
  }
  const found = new SourceMap(JSON.parse(map)).findEntry(Number(line) - 1, Number(column) - 1);
  if (!("originalSource" in found)) return place;
  return `${relative(root, resolve(root, "dist", found.originalSource))}:${found.originalLine + 1}:${found.originalColumn + 1}`;
}
