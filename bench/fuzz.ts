import { type FuzzReport, fuzz } from "../test/support/fuzz/fuzz.ts";
import { allTargets } from "../test/support/fuzz/targets.ts";
import { printUsageIfAsked } from "./usage.ts";

// Mutated requests through every target, other cases in every run unless it is said from which on.
printUsageIfAsked(`Usage: npm run fuzz [-- MINUTES [TARGET...] [--from N]]

  MINUTES   of all targets together; default 1
  TARGET    default all: ${Object.keys(allTargets).join(", ")}
  --from N  the number of the first case, as an earlier run prints it; default another one each time`);
const { minutes, names, from } = readArguments(process.argv.slice(2));
let findings = 0;

for (const name of names) {
  const target = await allTargets[name]?.();
  if (!target) throw new Error(`There is no target ${name}; there are ${Object.keys(allTargets).join(", ")}.`);
  const end = performance.now() + (minutes * 60_000) / names.length;
  let peakMb = 0;
  const report = await fuzz(target, from, ({ cases }) => {
    if (cases % 1000 === 0) peakMb = Math.max(peakMb, process.memoryUsage.rss() / 2 ** 20);
    return performance.now() > end;
  });
  findings += report.findings.length;
  print(name, peakMb, report);
}
console.log(`findings ${findings}, first case ${from}`);
process.exitCode = findings === 0 ? 0 : 1;

function print(name: string, peakMb: number, { cases, accepted, slowest, findings: found }: FuzzReport): void {
  const slow = `slowest ${slowest.ms.toFixed(1)} ms (case ${slowest.number}), peak memory ${peakMb.toFixed(0)} MiB`;
  console.log(`${name.padEnd(10)} ${cases} cases, ${accepted} accepted, ${found.length} findings, ${slow}`);
  for (const { number, signal, error, hex } of found) console.log(`  case ${number}, ${signal}: ${error}\n    ${hex}`);
}

function readArguments(words: string[]): { minutes: number; names: string[]; from: number } {
  const at = words.indexOf("--from");
  const [from] = at < 0 ? [] : words.splice(at, 2).slice(1);
  const [minutes = "1", ...names] = words;
  if (!(Number(minutes) > 0)) throw new Error(`Say how many minutes, such as npm run fuzz -- 5; ${minutes} is none.`);
  const chosen = names.length > 0 ? names : Object.keys(allTargets);
  return { minutes: Number(minutes), names: chosen, from: Number(from ?? Date.now() % 2 ** 31) };
}
