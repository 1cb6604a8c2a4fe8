import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { prometheusName } from "../shared/prometheus/otlp/metric-names.ts";
import type { OtlpData } from "../shared/prometheus/otlp/otlp-metrics.ts";
import { ownLines, type ToldSeries, toldLines } from "../test/support/prometheus/otlp-series.ts";
import { seededRandom } from "../test/support/seeded-random.ts";
import { metricsByChance } from "./otlp-metrics-by-chance.ts";

// `node bench/otlp-prometheus-verdicts.ts [CASES] [SEED]`, with Go installed: names, units and requests by chance through ours and through
// the Collector's translators (bench/peers/otlp-prometheus). Prints what they do not agree on.
const [cases = 20_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
const random = seededRandom(seed);
const pieces = [
  "a",
  "http",
  "requests",
  "total",
  "ratio",
  "bytes",
  "seconds",
  "per",
  "second",
  ".",
  "_",
  "__",
  "-",
  ":",
  " ",
  "/",
  "1",
  "9",
  "é",
  "٣",
  "²",
  "😀",
  "{",
  "}",
  "A",
  "",
];
const units = [
  "",
  "1",
  "s",
  "ms",
  "By",
  "kBy",
  "KBy",
  "TiBy",
  "%",
  "Cel",
  "Hz",
  "{x}",
  "By/s",
  "{req}/s",
  "/s",
  "s/",
  "1/s",
  "m/s",
  "m/m",
  "x/w",
  " s ",
  "s / h",
  "a b",
  "a-b/c.d",
  "__proto__",
  "toString",
  "/",
  "s/{x}",
  "d/y",
  "meters",
  "requests",
  "a:b",
  "km/h",
  "s/s/s",
  "min",
  "bit",
  "_s_",
  "٣",
];
const kinds = ["gauge", "counter", "sum", "histogram"] as const;
const data: Readonly<Record<(typeof kinds)[number], OtlpData>> = {
  gauge: { kind: "gauge", points: [] },
  counter: { kind: "sum", points: [], isMonotonic: true, temporality: "cumulative" },
  sum: { kind: "sum", points: [], isMonotonic: false, temporality: "cumulative" },
  histogram: { kind: "histogram", points: [], temporality: "cumulative" },
};
const given = Array.from({ length: cases }, () => ({
  name: Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(pieces)).join(""),
  unit: pick(units),
  kind: pick(kinds),
  suffixes: random() < 0.6,
}));
let differ = 0;
const names = ask(given);
for (const [index, { name, unit, kind, suffixes }] of given.entries()) {
  const ours = prometheusName({ name, unit, description: "", data: data[kind] }, suffixes);
  if (ours === names[index]) continue;
  differ++;
  console.log(JSON.stringify({ name, unit, kind, suffixes }), "ours", ours, "theirs", names[index]);
}
console.log(`${differ} of ${cases} names differ, seed ${seed}`);

const requests = Array.from({ length: cases }, () => Buffer.from(JSON.stringify(metricsByChance(random))));
const verdicts = ask(requests.map((request) => ({ request: request.toString("base64"), suffixes: true })));
differ = 0;
for (const [index, request] of requests.entries()) {
  const { series = [] } = verdicts[index] as { readonly series?: readonly ToldSeries[] };
  const [left, right] = [ownLines(request), toldLines(series)];
  if (left.join("\n") === right.join("\n")) continue;
  differ++;
  console.log(request.toString(), (verdicts[index] as { readonly problem?: string }).problem);
  for (const each of left) if (!right.includes(each)) console.log(`  ours    ${each}`);
  for (const each of right) if (!left.includes(each)) console.log(`  theirs  ${each}`);
}
console.log(`${differ} of ${cases} requests differ, seed ${seed}`);

function ask(lines: readonly unknown[]): readonly unknown[] {
  const { stdout, stderr } = spawnSync("go", ["run", "."], {
    cwd: join(import.meta.dirname, "peers/otlp-prometheus"),
    input: lines.map((each) => JSON.stringify(each)).join("\n"),
    maxBuffer: 2 ** 30,
  });
  const answers = stdout.toString().trim().split("\n");
  if (answers.length !== lines.length) throw new Error(`${answers.length} verdicts for ${lines.length}: ${stderr}`);
  return answers.map((line): unknown => JSON.parse(line));
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}
