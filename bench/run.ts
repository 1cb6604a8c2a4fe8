import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { printUsageIfAsked } from "./usage.ts";

// `npm run bench`: every benchmark in this folder, or those named: `npm run bench -- scan split`.
const tools = ["harness.ts", "run.ts", "usage.ts", "fuzz.ts", "differential.ts"];
printUsageIfAsked(`Usage: npm run bench [-- NAME...]

NAME is a file of bench/ without its extension; without one, all of them run. What follows a name in a file of its own: node bench/NAME.ts --help`);
const words = process.argv.slice(2);
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".ts") && !tools.includes(file));
const chosen = words.length === 0 ? files : files.filter((file) => words.includes(file.replace(/\.ts$/, "")));
if (chosen.length === 0) throw new Error(`There is no benchmark ${words.join(", ")}; there are ${files.join(", ")}.`);
let failed = 0;
for (const file of chosen) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file)], { stdio: "inherit" });
  if (status !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
