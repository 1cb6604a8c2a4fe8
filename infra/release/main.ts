import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { makeRelease } from "./make-release.ts";
import { steps } from "./steps.ts";

/**
 * `npm run release [-- --out DIR] [--node FILE] [--no-code-cache] [STEP…]` builds what is delivered, all of it without a name, with SHA256SUMS.
 * The same commit gives the same bytes, without code that V8 has compiled (decision 0239): times are SOURCE_DATE_EPOCH, otherwise those of the commit. FILE is the program of another
 * machine's Node, for packages that bring it.
 */
const { values, positionals } = parseArgs({
  options: {
    out: { type: "string", default: "dist/release" },
    node: { type: "string" },
    "code-cache": { type: "boolean", default: true },
  },
  allowNegative: true,
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  const names = steps.map(({ name }) => name).join(", ");
  process.stderr.write(`No step is called ${unknown.join(", ")}. There are: ${names}.\n`);
  process.exit(2);
}
const chosen = positionals.length === 0 ? steps : steps.filter(({ name }) => positionals.includes(name));

rmSync(values.out, { recursive: true, force: true });
for (const { path, bytes, mode } of await makeRelease(chosen, {
  epoch: epoch(),
  codeCache: values["code-cache"],
  ...(values.node && { nodeFile: values.node }),
})) {
  const target = join(values.out, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes, { mode: mode ?? 0o644 });
  process.stderr.write(`${target} ${(bytes.length / 1024).toFixed(0)} KiB\n`);
}

function epoch(): number {
  const { SOURCE_DATE_EPOCH } = process.env;
  if (SOURCE_DATE_EPOCH) return Number(SOURCE_DATE_EPOCH);
  return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8" }));
}
