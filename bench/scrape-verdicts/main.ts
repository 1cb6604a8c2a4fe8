import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { seededRandom } from "../../test/support/seeded-random.ts";
import { printUsageIfAsked } from "../usage.ts";
import { ourVerdict, type Verdict } from "./our-verdict.ts";
import { randomTarget } from "./random-target.ts";

// `node bench/scrape-verdicts/main.ts [TARGETS] [SEED]`, with Go installed: made-up targets, five scrapes of each, through our scrape and through
// Prometheus' scrape loop and storage (bench/peers/scrapes). Prints the targets of which they do not keep the same.
printUsageIfAsked(`Usage: node bench/scrape-verdicts/main.ts [TARGETS [SEED]]

  TARGETS  made up, five scrapes of each; default 400
  SEED     of chance; default: another each time`);
const [count = 400, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
const random = seededRandom(seed);
const baseMs = Math.floor(Date.now() / 1_000) * 1_000;
const targets = Array.from({ length: count }, () => randomTarget(random, baseMs));
const cases = targets.map(({ config, answers }) => ({
  config,
  answers: answers.map((answer) => ({ ...answer, body: answer.body.toString("base64") })),
}));
const oracle = process.env.SCRAPES_ORACLE;
const { stdout, stderr } = spawnSync(oracle ?? "go", oracle ? [] : ["run", "."], {
  cwd: join(import.meta.dirname, "../peers/scrapes"),
  input: JSON.stringify({ base: baseMs, cases }),
  maxBuffer: 2 ** 30,
});
const theirs = stdout.toString().trim().split("\n");
if (theirs.length !== count) throw new Error(stderr.toString().slice(0, 2_000));
let differ = 0;
for (const [index, target] of targets.entries()) {
  const right = JSON.parse(theirs[index] ?? "") as Verdict;
  const lines = differences(ourVerdict(target, baseMs), right);
  if (lines.length > 0) {
    differ++;
    const changed = target.config.split("\n").filter((line) => !/: (false|0|\[\])$/.test(line));
    console.log(`target ${index}:${changed.join("\n")}`);
    for (const { contentType, body, status } of target.answers) {
      const isText = !contentType.includes("protobuf");
      console.log(`--- ${status} ${contentType}\n${isText ? body.toString() : body.toString("hex")}`);
    }
    console.log(lines.slice(0, 12).join("\n"), "\n");
  }
}
console.log(`${differ} of ${count} targets differ, seed ${seed}`);

function differences(ours: Verdict, theirs: Verdict): string[] {
  if (theirs.problem) return [theirs.problem];
  const told: string[] = [];
  const failed = failedScrapes(theirs);
  for (const what of ["series", "exemplars"] as const) {
    for (const key of new Set([...Object.keys(ours[what]), ...Object.keys(theirs[what])])) {
      const left = kept(ours[what][key], failed);
      const right = kept(theirs[what][key], failed);
      if (left.join() !== right.join() && !/"scrape_(duration_seconds|series_added)"/.test(key)) {
        told.push(`${what} ${key}`, `  ours    ${left.join(" | ")}`, `  theirs  ${right.join(" | ")}`);
      }
    }
  }
  return told;
}

/** Scrapes that failed. */
function failedScrapes({ series }: Verdict): ReadonlySet<number> {
  const up = Object.entries(series).find(([key]) => key.startsWith('["__name__","up",'))?.[1] ?? [];
  return new Set(up.flatMap((line) => (line.endsWith(" 0000000000000000") ? [Number(line.slice(1, 2))] : [])));
}

/**
 * What counts of a series. Where a scrape fails all series end here; there, those end a scrape later of which it had read a line before it
 * failed.
 */
function kept(lines: readonly string[] = [], failed: ReadonlySet<number>): readonly string[] {
  return lines
    .map((line) =>
      line
        .replace(/ schema .* sum 7ff0000000000002 .*$/, " 7ff0000000000002")
        .replace("7ff8000000000000", "7ff8000000000001"),
    )
    .filter((line) => {
      const scrape = Number(line.slice(1, 2));
      return !(line.endsWith(" 7ff0000000000002") && (failed.has(scrape) || failed.has(scrape - 1)));
    })
    .sort();
}
