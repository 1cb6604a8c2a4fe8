import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { labelPairs } from "../../shared/prometheus/labels.ts";
import { makeScrapeTarget } from "../../shared/prometheus/scrape/scrape-target.ts";
import { seededRandom } from "../../test/support/seeded-random.ts";
import { printUsageIfAsked } from "../usage.ts";
import { below } from "./protobuf-body.ts";

// `node bench/scrape-verdicts/targets.ts [CASES] [SEED]`, with Go installed: made-up labels of targets through our rules and Prometheus'
// (bench/peers/scrapes/targets): URL and labels, or that there is no target. Prints where they differ.
printUsageIfAsked(`Usage: node bench/scrape-verdicts/targets.ts [CASES [SEED]]

  CASES  labels of a target, made up; default 5000
  SEED   of chance; default: another each time`);
const [count = 5_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
const random = seededRandom(seed);
const texts = [
  "",
  "a",
  "/m",
  "m?x=1",
  "/a b",
  "/%41",
  "/ü#;",
  "h:1",
  "1.2.3.4",
  "[::1]:9",
  "h:1/x",
  "h x",
  "https",
  "ftp",
  "HTTP",
  "5s",
  "0s",
];
const more = [
  "1m30s",
  "-1s",
  "2w",
  "abc",
  "1",
  "300ms",
  "é:9090",
  "a=b&c d",
  "'(x)*!~",
  "/metrics/../y",
  "//x",
  "h:99999",
  "user@h:1",
  "true",
  "F",
  "a\\b",
];
const names = [
  "instance",
  "job",
  "__scheme__",
  "__metrics_path__",
  "__param_x",
  "__param_y",
  "__param_",
  "__scrape_interval__",
];
const others = ["__scrape_timeout__", "__meta_a", "__tmp", "__", "zone", "a-b", "ü", "__address__"];
const cases = Array.from({ length: count }, randomCase);
const { stdout, stderr } = spawnSync("go", ["run", "./targets"], {
  cwd: join(import.meta.dirname, "../peers/scrapes"),
  input: JSON.stringify(cases.map(({ config, labels }) => ({ config, labels }))),
  maxBuffer: 2 ** 30,
});
const theirs = stdout.toString().trim().split("\n");
if (theirs.length !== count) throw new Error(stderr.toString().slice(0, 2_000));
let differ = 0;
for (const [index, { labels, job, config }] of cases.entries()) {
  const right = JSON.parse(theirs[index] ?? "") as { url?: string; labels?: object; problem?: string };
  const made = makeScrapeTarget(new Map(Object.entries(labels)), job);
  const left = made.kind === "rejected" ? undefined : [made.target.url, sorted(labelPairs(made.target.labels))];
  const expected = right.problem === undefined ? [right.url, sorted(Object.entries(right.labels ?? {}))] : undefined;
  if (!right.problem?.startsWith("config:") && JSON.stringify(left) !== JSON.stringify(expected)) {
    differ++;
    console.log(JSON.stringify(labels), config.trim().replaceAll("\n", ";"));
    console.log(`  ours    ${JSON.stringify(left ?? made)}\n  theirs  ${JSON.stringify(expected ?? right.problem)}`);
  }
}
console.log(`${differ} of ${count} targets differ, seed ${seed}`);

function pick<T>(list: readonly T[]): T {
  return list[below(random, list.length)] as T;
}

function sorted(pairs: readonly (readonly [string, unknown])[]) {
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
}

function randomCase() {
  const value = () => pick(random() < 0.5 ? texts : more);
  const labels: Record<string, string> = random() < 0.95 ? { __address__: random() < 0.8 ? "h:1" : value() } : {};
  for (let more = below(random, 4); more > 0; more--) labels[pick(random() < 0.6 ? names : others)] = value();
  const [path, scheme] = [pick(["/metrics", "/m n", "m"]), pick(["http", "https"])];
  const params =
    random() < 0.5 ? new Map<string, readonly string[]>() : new Map([["x", ["1", "2"].slice(below(random, 2))]]);
  const yaml = [...params].map(([name, values]) => `{${name}: [${values.map((each) => `"${each}"`).join(", ")}]}`);
  const config = `  metrics_path: "${path}"\n  scheme: ${scheme}\n  scrape_interval: 1m\n  scrape_timeout: 10s\n  params: ${yaml[0] ?? "{}"}\n`;
  const job = { job: "j", scheme, metricsPath: path, params, intervalMs: 60_000, timeoutMs: 10_000 };
  return { config, labels, job };
}
