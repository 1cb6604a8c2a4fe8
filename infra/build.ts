import { parseArgs } from "node:util";
import { artifacts, isArtifactName } from "./artifacts.ts";
import { bundle } from "./bundle.ts";

/**
 * `node infra/build.ts [--out DIR] [--pipeline FILE] [NAME…]` builds the named artifacts, all of them without a name: one line
 * of text each on stderr, one JSON document with what was built on stdout. The pipeline goes into the zips of the functions.
 */
const { values, positionals } = parseArgs({
  options: { out: { type: "string", default: "dist" }, pipeline: { type: "string" } },
  allowPositionals: true,
});

const names = positionals.length > 0 ? positionals : Object.keys(artifacts);
const unknown = names.filter((name) => !isArtifactName(name));
if (unknown.length > 0) {
  process.stderr.write(
    `No artifact is called ${unknown.join(", ")}. There are: ${Object.keys(artifacts).join(", ")}.\n`,
  );
  process.exit(2);
}

const bundles = await Promise.all(
  names.filter(isArtifactName).map((name) => bundle(name, values.out, values.pipeline)),
);
for (const { name, bytes, zipBytes, sha256 } of bundles) {
  const zipped = zipBytes === undefined ? "" : `, ${kibibytes(zipBytes)} zipped`;
  process.stderr.write(`${name}: ${kibibytes(bytes)}${zipped}, sha256 ${sha256.slice(0, 12)}\n`);
}
const built = bundles.map(({ modules: _, ...each }) => ({ ...each, pipeline: artifacts[each.name].pipeline }));
process.stdout.write(`${JSON.stringify(built)}\n`);

function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}
