import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../infra/bundle.ts";
import { peers } from "../peers/find-peers.ts";
import { printUsageIfAsked } from "../usage.ts";

// `node bench/scraping/main.ts [SERIES] [SECONDS] [INTERVAL] [ROUNDS] [CHURN] [WARM_UP]`: scrape and remote write of Sluice, vmagent and
// Prometheus in agent mode, all at the same time, each with targets and a receiver of its own, so that all meet the same noise; one figure
// of each of the ROUNDS that follow each other, medians. CHURN: of 100 series, so many are new each time. WARM_UP: seconds before the first
// round. Agents run for months: after two intervals V8 is still compiling, at twice to three times the cost, and Go's heap is growing.
printUsageIfAsked(`Usage: node bench/scraping/main.ts [SERIES [SECONDS [INTERVAL [ROUNDS [CHURN [WARM_UP]]]]]]

  SERIES    of each program; default 20000
  SECONDS   that a round takes; default 30
  INTERVAL  of scrapes, seconds; default 5
  ROUNDS    default 1
  CHURN     how many of 100 series are new each time; default 0
  WARM_UP   seconds before the first round; default 180`);
const [series = 20_000, seconds = 30, intervalSeconds = 5, rounds = 1, churn = 0, warmUpSeconds = 180] = process.argv
  .slice(2)
  .map(Number);
const SERIES_PER_TARGET = 1_000;
const TICKS_PER_SECOND = 100;
const targets = Math.max(1, Math.round(series / SERIES_PER_TARGET));
const perTarget = Math.round(series / targets);

interface Subject {
  readonly name: string;
  readonly durability: string;
  /** Command line, given a directory of its own and the port of targets and receiver. */
  command(directory: string, port: number): readonly [string, ...string[]] | undefined;
}

const subjects: readonly Subject[] = [
  { name: "sluice", durability: "every sample flushed to the disk queue before it is sent", command: sluice },
  { name: "vmagent", durability: "disk queue only while the receiver fails, not flushed", command: vmagent },
  { name: "prometheus agent", durability: "write-ahead log, not flushed at once", command: prometheusAgent },
];

const directory = mkdtempSync(join(tmpdir(), "scraping-"));
// As it is deployed: one minified file, and the environment of infra/daemon/Dockerfile.
const { file: program } = await bundle("daemon", directory);
const environment = { ...process.env, NODE_ENV: "production", MALLOC_ARENA_MAX: "2" };
console.log(
  `${targets} targets of ${perTarget} series every ${intervalSeconds} s, ${churn} % of them new each time; ${rounds} x ${seconds} s after ${warmUpSeconds} s`,
);
const measured = new Map<string, readonly Measured[]>();
try {
  await Promise.all(subjects.map(async (subject) => measured.set(subject.name, await measure(subject))));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
for (const { name, durability } of subjects) {
  const results = measured.get(name) ?? [];
  if (results.length === 0) {
    console.log(`  ${name.padEnd(18)} skipped: not built (bench/peers/install.sh), or nothing was scraped`);
    continue;
  }
  const cpu = spread(results.map((result) => result.perMillion));
  const memory = spread(results.map((result) => result.rss));
  const { samples, requests, bytes } = results[0] as Measured;
  console.log(
    `  ${name.padEnd(18)} ${cpu} s of CPU per million samples, RSS ${memory} MiB (${samples} samples, ${requests} requests,` +
      ` ${(bytes / 1e6).toFixed(1)} MB sent; ${durability})`,
  );
}

interface Measured {
  readonly perMillion: number;
  readonly rss: number;
  readonly samples: number;
  readonly requests: number;
  readonly bytes: number;
}

/** Nothing where the program is not there. */
async function measure(subject: Subject): Promise<readonly Measured[]> {
  const own = mkdtempSync(join(directory, "subject-"));
  const world = spawn(
    process.execPath,
    [join(import.meta.dirname, "target.ts"), String(targets), String(perTarget), String(churn)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const port = await new Promise<number>((resolve) => world.stdout?.once("data", (line) => resolve(Number(line))));
  const [executable, ...args] = subject.command(own, port) ?? [];
  if (executable === undefined) {
    world.kill();
    return [];
  }
  const child = spawn(executable, args, { stdio: "ignore", cwd: own, env: environment });
  const results: Measured[] = [];
  try {
    await sleep(warmUpSeconds * 1_000);
    for (let round = 0; round < rounds; round++) {
      const [cpu, counts] = [cpuSeconds(child), await countsNow(port)];
      await sleep(seconds * 1_000);
      const [cpuAfter, after] = [cpuSeconds(child), await countsNow(port)];
      const samples = (after.scrapes - counts.scrapes) * perTarget;
      const [requests, bytes] = [after.requests - counts.requests, after.bytes - counts.bytes];
      const perMillion = ((cpuAfter - cpu) / samples) * 1_000_000;
      if (samples > 0) results.push({ perMillion, rss: rss(child), samples, requests, bytes });
    }
    return results;
  } finally {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    world.kill();
    await ended;
  }
}

/** The median, and where there are several the least and the most. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const text = (value = 0): string => value.toFixed(value < 10 ? 2 : 0);
  const median = text(sorted[Math.floor((sorted.length - 1) / 2)]);
  return sorted.length < 2 ? median : `${median} (${text(sorted[0])}–${text(sorted.at(-1))})`;
}

function sluice(own: string, at: number): readonly [string, ...string[]] {
  const list = Array.from(
    { length: targets },
    (_, i) => `{"__address__" = "127.0.0.1:${at}", "__metrics_path__" = "/t/${i}", "instance" = "${i}"}`,
  );
  const config = join(own, "config.alloy");
  writeFileSync(
    config,
    `prometheus.scrape "bench" {
  targets = [
    ${list.join(",\n    ")},
  ]
  forward_to = [prometheus.remote_write.bench.receiver]
  scrape_interval = "${intervalSeconds}s"
  scrape_timeout = "${intervalSeconds}s"
}

prometheus.remote_write "bench" {
  endpoint {
    url = "http://127.0.0.1:${at}/write"
  }
}
`,
  );
  const flags = ["--server.http.listen-addr=127.0.0.1:0", `--storage.path=${join(own, "data")}`];
  return [
    process.execPath,
    "--max-semi-space-size=1",
    "--no-concurrent-recompilation",
    program,
    "run",
    ...flags,
    config,
  ];
}

function scrapeConfig(own: string, at: number, more: string): string {
  const file = join(own, "prometheus.yml");
  const jobs = Array.from(
    { length: targets },
    (_, i) => `      - targets: ["127.0.0.1:${at}"]\n        labels: {__metrics_path__: "/t/${i}", instance: "${i}"}\n`,
  );
  writeFileSync(
    file,
    `global: {scrape_interval: ${intervalSeconds}s, scrape_timeout: ${intervalSeconds}s}\nscrape_configs:\n  - job_name: bench\n    static_configs:\n${jobs.join("")}${more}`,
  );
  return file;
}

function vmagent(own: string, at: number): readonly [string, ...string[]] | undefined {
  const config = scrapeConfig(own, at, "");
  const { vmagent: executable } = peers;
  return executable === undefined
    ? undefined
    : [
        executable,
        `-promscrape.config=${config}`,
        `-remoteWrite.url=http://127.0.0.1:${at}/write`,
        `-remoteWrite.tmpDataPath=${join(own, "data")}`,
        "-remoteWrite.forcePromProto",
        "-httpListenAddr=127.0.0.1:0",
        "-loggerLevel=ERROR",
      ];
}

function prometheusAgent(own: string, at: number): readonly [string, ...string[]] | undefined {
  const config = scrapeConfig(own, at, `remote_write:\n  - url: http://127.0.0.1:${at}/write\n`);
  const { prometheus: executable } = peers;
  return executable === undefined
    ? undefined
    : [
        executable,
        "--agent",
        `--config.file=${config}`,
        `--storage.agent.path=${join(own, "data")}`,
        "--web.listen-address=127.0.0.1:0",
        "--log.level=error",
      ];
}

interface Counts {
  readonly scrapes: number;
  readonly requests: number;
  readonly bytes: number;
}

async function countsNow(port: number): Promise<Counts> {
  const response = await fetch(`http://127.0.0.1:${port}/counts`);
  return (await response.json()) as Counts;
}

function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function rss({ pid }: ChildProcess): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
