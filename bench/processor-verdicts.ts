import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessorCase } from "../test/support/otlp/processor-cases.ts";

// `node bench/processor-verdicts.ts`, with Go installed: asks the Collector's processors (bench/peers/processors/verdicts) again for the
// verdicts of test/fixtures/ottl-found.json and processors-found.json, and writes them there. Whoever adds a case writes all of it but `expect`.
for (const name of ["ottl-found", "processors-found"])
  judge(join(import.meta.dirname, `../test/fixtures/${name}.json`));

function judge(file: string): void {
  const { about, cases } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly about: unknown;
    readonly cases: readonly ProcessorCase[];
  };
  const { stdout, stderr } = spawnSync("go", ["run", "./verdicts"], {
    cwd: join(import.meta.dirname, "peers/processors"),
    input: cases.map((each) => JSON.stringify(each)).join("\n"),
    maxBuffer: 2 ** 28,
  });
  const verdicts = stdout.toString().trim().split("\n");
  if (verdicts.length !== cases.length)
    throw new Error(`${verdicts.length} verdicts for ${cases.length} cases: ${stderr}`);
  const judged = cases.map((each, index) => ({ ...each, expect: JSON.parse(verdicts[index] as string) }));
  // A case a line.
  const lines = judged.map((each) => JSON.stringify(each));
  writeFileSync(file, `{"about":${JSON.stringify(about)},"cases":[\n${lines.join(",\n")}\n]}\n`);
  console.log(`${cases.length} cases judged`);
}
