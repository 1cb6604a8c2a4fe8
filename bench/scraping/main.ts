import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { peers } from "../peers/find-peers.ts";

// `node bench/scraping/main.ts [SERIES] [SECONDS] [INTERVAL]`: scrape and remote write of Sluice beside vmagent and Prometheus in agent mode.
const [series = 20_000, seconds = 30, intervalSeconds = 5] = process.argv.slice(2).map(Number);
const SERIES_PER_TARGET = 1_000;
const WARM_UP_INTERVALS = 2;
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
const bundle = join(directory, "sluice.mjs");
// As it is deployed: one file, types taken off before.
buildSync({
  entryPoints: [join(import.meta.dirname, "../../cli/main.ts")],
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: bundle,
  logLevel: "error",
  external: ["esbuild"],
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
const world = spawn(process.execPath, [join(import.meta.dirname, "target.ts"), String(targets), String(perTarget)], {
  stdio: ["ignore", "pipe", "inherit"],
});
const port = await new Promise<number>((resolve) => world.stdout?.once("data", (line) => resolve(Number(line))));
console.log(`${targets} targets of ${perTarget} series every ${intervalSeconds} s, ${seconds} s after a warm-up`);
try {
  for (const subject of subjects) {
    await measure(subject);
  }
} finally {
  world.kill();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(subject: Subject): Promise<void> {
  const own = mkdtempSync(join(directory, "subject-"));
  const command = subject.command(own, port);
  if (!command) {
    console.log(`  ${subject.name.padEnd(18)} skipped: not built (bench/peers/install.sh)`);
    return;
  }
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "ignore"], cwd: own });
  try {
    await sleep(WARM_UP_INTERVALS * intervalSeconds * 1_000 + 1_000);
    const [cpu, counts] = [cpuSeconds(child), await countsNow()];
    await sleep(seconds * 1_000);
    const [cpuAfter, countsAfter] = [cpuSeconds(child), await countsNow()];
    const samples = (countsAfter.scrapes - counts.scrapes) * perTarget;
    const used = cpuAfter - cpu;
    const perMillion = samples > 0 ? ((used / samples) * 1_000_000).toFixed(2) : "nothing scraped";
    console.log(
      `  ${subject.name.padEnd(18)} ${used.toFixed(2)} s CPU, ${perMillion} s per million samples, RSS ${rss(child)} MiB,` +
        ` ${samples} samples, ${countsAfter.requests - counts.requests} requests, ${((countsAfter.bytes - counts.bytes) / 1e6).toFixed(1)} MB sent (${subject.durability})`,
    );
  } finally {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }
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
  return [process.execPath, "--max-semi-space-size=4", bundle, "run", ...flags, config];
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
  const { vmagent: program } = peers;
  return program === undefined
    ? undefined
    : [
        program,
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
  const { prometheus: program } = peers;
  return program === undefined
    ? undefined
    : [
        program,
        "--agent",
        `--config.file=${config}`,
        `--storage.agent.path=${join(own, "data")}`,
        "--web.listen-address=127.0.0.1:0",
        "--log.level=error",
      ];
}

async function countsNow(): Promise<{ readonly scrapes: number; readonly requests: number; readonly bytes: number }> {
  const response = await fetch(`http://127.0.0.1:${port}/counts`);
  return (await response.json()) as Awaited<ReturnType<typeof countsNow>>;
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
