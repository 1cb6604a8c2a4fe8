import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "../test/support/loki/log-agent.ts";
import { type AgentKind, agentKinds, figuresOf } from "./logs/agents.ts";
import { line, until, writeLogs } from "./logs/lines.ts";
import { startSink } from "./logs/sink.ts";
import { printUsageIfAsked } from "./usage.ts";

// Tail → process (json, level, timestamp) → push, in a process of its own, beside the Collector and vlagent where
// `bench/peers/install.sh` has built them: MB/s per core, memory, what 1,000 idle files cost; and latency. MB are of lines as they
// stand in the file; processor time is the whole process's, its start included.
printUsageIfAsked(`Usage: node bench/logs.ts [throughput] [idle] [latency]

In the environment: BENCH_ROUNDS (3), BENCH_MIB of lines (64), BENCH_FILES, how many files (1,1000), and BENCH_AGENTS, the names of those
who are measured, with commas between.`);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const totalBytes = Number(process.env.BENCH_MIB ?? 64) * 2 ** 20;
const counts = (process.env.BENCH_FILES ?? "1,1000").split(",").map(Number);
const onlyKinds = process.env.BENCH_AGENTS?.split(",");
const measuredKinds = agentKinds.filter(({ name }) => onlyKinds === undefined || onlyKinds.includes(name));
const parts = process.argv.slice(2);

async function withRoot<T>(run: (root: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "bench-logs-"));
  try {
    return await run(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function throughput(kind: AgentKind, files: number) {
  return withRoot(async (root) => {
    const sink = await startSink(kind.mark);
    const { bytes, lines } = writeLogs(root, files, totalBytes);
    const start = performance.now();
    const agent = await kind.start({ glob: `${root}/*.log`, url: sink.url, directory: join(root, "state") });
    await until(() => sink.lines() >= lines);
    const seconds = (performance.now() - start) / 1000;
    const { cpuSeconds, rssMib, peakMib } = figuresOf(agent.pid);
    await agent.kill();
    sink.close();
    return { perCore: bytes / 1e6 / cpuSeconds, perSecond: bytes / 1e6 / seconds, rssMib, peakMib };
  });
}

function idle(kind: AgentKind, files: number) {
  return withRoot(async (root) => {
    const sink = await startSink(kind.mark);
    for (let file = 0; file < files; file += 1) writeFileSync(join(root, `${file}.log`), line(file).repeat(6));
    const agent = await kind.start({ glob: `${root}/*.log`, url: sink.url, directory: join(root, "state") });
    await until(() => sink.lines() >= files * 6);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const before = figuresOf(agent.pid);
    const seconds = 20;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const after = figuresOf(agent.pid);
    await agent.kill();
    sink.close();
    return { percent: (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds, rssMib: after.rssMib };
  });
}

function latency() {
  return withRoot(async (root) => {
    const path = join(root, "a.log");
    writeFileSync(path, "");
    const sink = await startSink("\0");
    const waits: number[] = [];
    sink.listen((text) => waits.push(Date.now() - Number(text)));
    const agent = await startAgent({
      directory: join(root, "state"),
      source: `targets = [{__path__ = "${path}", job = "bench"}]`,
      stages: "",
      write: `endpoint {\nurl = "${sink.url}/loki/api/v1/push"\nbatch_wait = "100ms"\n}`,
    });
    for (let index = 0; index < 400; index += 1) {
      appendFileSync(path, `${Date.now()}\n`);
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 40));
    }
    await until(() => waits.length >= 400);
    await agent.kill("SIGKILL");
    sink.close();
    waits.sort((a, b) => a - b);
    return { p50: waits[200] ?? 0, p99: waits[396] ?? 0 };
  });
}

function spread(values: readonly number[], digits = 0): string {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${median.toFixed(digits)} (${(sorted[0] ?? 0).toFixed(digits)} to ${(sorted.at(-1) ?? 0).toFixed(digits)})`;
}

const wants = (part: string) => parts.length === 0 || parts.includes(part);

if (wants("throughput")) {
  console.log(`\ntail → json, level, timestamp → push, ${totalBytes / 2 ** 20} MiB`);
  for (const files of counts) {
    const runs = new Map(measuredKinds.map((kind) => [kind.name, [] as Awaited<ReturnType<typeof throughput>>[]]));
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? measuredKinds : measuredKinds.toReversed();
      for (const kind of order) runs.get(kind.name)?.push(await throughput(kind, files));
    }
    for (const [name, all] of runs) {
      const column = (of: (run: (typeof all)[number]) => number, digits = 0) => spread(all.map(of), digits);
      console.log(
        `  ${`${files} file(s)`.padEnd(13)} ${name.padEnd(10)} ${column(({ perCore }) => perCore, 1)} MB per second of processor, ` +
          `${column(({ perSecond }) => perSecond, 1)} MB/s, RSS ${column(({ rssMib }) => rssMib)} MiB, peak ${column(({ peakMib }) => peakMib)}`,
      );
    }
  }
}
if (wants("latency")) {
  const { p50, p99 } = await latency();
  console.log(`  write to push with batch_wait 100 ms: p50 ${p50} ms, p99 ${p99} ms`);
}
if (wants("idle")) {
  for (const kind of measuredKinds) {
    const { percent, rssMib } = await idle(kind, 1000);
    console.log(
      `  1,000 idle files ${kind.name.padEnd(10)} ${percent.toFixed(2)} % of a core, RSS ${rssMib.toFixed(0)} MiB`,
    );
  }
}
