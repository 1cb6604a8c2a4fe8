import { appendFileSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unsnappy } from "../shared/compression/snappy.ts";
import { readPushRequest } from "../shared/loki/read-push-request.ts";
import { startAgent } from "../test/support/loki/log-agent.ts";

// Tail → process (json, labels, timestamp) → push, in a process of its own: MB/s per core, memory, latency, and what 1,000 idle files
// cost. `npm run bench -- logs`. Numbers are of lines as they stand in the file.
const rounds = 3;
const totalBytes = 32 * 2 ** 20;
const chunkLines = 100;
const maxExportBytes = 64 * 2 ** 20;

const stages = `stage.json {
    expressions = {ts = "", level = ""}
  }
  stage.labels {
    values = {level = ""}
  }
  stage.timestamp {
    source = "ts"
    format = "RFC3339Nano"
  }`;

/** A destination that counts, and knows when a line came. */
async function startSink() {
  let entries = 0;
  let onLine: ((line: string) => void) | undefined;
  async function bodyOf(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const decoded = unsnappy(body, maxExportBytes);
      if (decoded.kind === "decoded" && onLine) {
        const read = readPushRequest(decoded.bytes);
        if (read.kind === "entries") for (const { line } of read.entries) onLine(line);
      }
      entries += decoded.kind === "decoded" ? count(decoded.bytes) : 0;
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/loki/api/v1/push`,
    entries: () => entries,
    listen(on: (line: string) => void) {
      onLine = on;
    },
    close: () => server.close(),
  };
}

/** Lines of the benchmark hold this once. */
const mark = Buffer.from('"msg":');

function count(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let found = 0;
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + mark.length)) found += 1;
  return found;
}

function line(index: number): string {
  const level = ["info", "warn", "error", "debug"][index % 4];
  const ts = new Date(1_790_000_000_000 + index).toISOString();
  return `{"ts":"${ts}","level":"${level}","logger":"http","msg":"request ${index} done","path":"/api/v1/orders/${index % 97}","status":200,"ms":${index % 1000},"trace":"4bf92f3577b34da6a3ce929d0e0e4736"}\n`;
}

async function until(check: () => boolean, ms = 120_000): Promise<void> {
  for (const start = performance.now(); !check(); ) {
    if (performance.now() - start > ms) throw new Error("not in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function throughput(files: number): Promise<{ mbPerCoreSecond: number; mbPerSecond: number; rssMb: number }> {
  const root = mkdtempSync(join(tmpdir(), "bench-logs-"));
  const sink = await startSink();
  let bytes = 0;
  let lines = 0;
  const chunk = Array.from({ length: chunkLines }, (_, index) => line(index)).join("");
  const perFile = Math.max(1, Math.round(totalBytes / files / chunk.length));
  for (let file = 0; file < files; file += 1) {
    const fd = openSync(join(root, `${file}.log`), "w");
    for (let piece = 0; piece < perFile; piece += 1) bytes += writeSync(fd, chunk);
    lines += chunkLines * perFile;
  }
  const start = performance.now();
  const agent = await startAgent({
    directory: join(root, "state"),
    source: `targets = [{__path__ = "${root}/*.log", job = "bench"}]\nfile_match {\nenabled = true\n}`,
    stages,
    write: `endpoint {\nurl = "${sink.url}"\n}`,
  });
  const before = await agent.figures();
  await until(() => sink.entries() >= lines);
  const seconds = (performance.now() - start) / 1000;
  const after = await agent.figures();
  await agent.kill("SIGKILL");
  sink.close();
  rmSync(root, { recursive: true, force: true });
  const cpu = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1e6;
  return { mbPerCoreSecond: bytes / 1e6 / cpu, mbPerSecond: bytes / 1e6 / seconds, rssMb: after.rss / 2 ** 20 };
}

async function latency(): Promise<{ p50: number; p99: number }> {
  const root = mkdtempSync(join(tmpdir(), "bench-logs-"));
  const path = join(root, "a.log");
  writeFileSync(path, "");
  const sink = await startSink();
  const waits: number[] = [];
  sink.listen((text) => waits.push(Date.now() - Number(text)));
  const agent = await startAgent({
    directory: join(root, "state"),
    source: `targets = [{__path__ = "${path}", job = "bench"}]`,
    stages: "",
    write: `endpoint {\nurl = "${sink.url}"\nbatch_wait = "100ms"\n}`,
  });
  for (let index = 0; index < 200; index += 1) {
    appendFileSync(path, `${Date.now()}\n`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await until(() => waits.length >= 200);
  await agent.kill("SIGKILL");
  sink.close();
  rmSync(root, { recursive: true, force: true });
  waits.sort((a, b) => a - b);
  return { p50: waits[100] ?? 0, p99: waits[197] ?? 0 };
}

async function idle(files: number): Promise<{ percent: number; rssMb: number }> {
  const root = mkdtempSync(join(tmpdir(), "bench-logs-"));
  const sink = await startSink();
  for (let file = 0; file < files; file += 1) writeFileSync(join(root, `${file}.log`), line(file));
  const agent = await startAgent({
    directory: join(root, "state"),
    source: `targets = [{__path__ = "${root}/*.log", job = "bench"}]\nfile_match {\nenabled = true\n}`,
    stages,
    write: `endpoint {\nurl = "${sink.url}"\n}`,
  });
  await until(() => sink.entries() >= files);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const before = await agent.figures();
  const seconds = 10;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const after = await agent.figures();
  await agent.kill("SIGKILL");
  sink.close();
  rmSync(root, { recursive: true, force: true });
  const cpu = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1e6;
  return { percent: (100 * cpu) / seconds, rssMb: after.rss / 2 ** 20 };
}

function spread(values: readonly number[], digits = 0): string {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `${median.toFixed(digits)} (${(sorted[0] ?? 0).toFixed(digits)} to ${(sorted.at(-1) ?? 0).toFixed(digits)})`;
}

console.log(`\ntail → json, labels, timestamp → push, ${totalBytes / 2 ** 20} MiB`);
for (const files of [1, 1000]) {
  const runs = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await throughput(files));
  console.log(
    `  ${files} file(s): ${spread(
      runs.map((run) => run.mbPerCoreSecond),
      1,
    )} MB per second of processor, ` +
      `${spread(
        runs.map((run) => run.mbPerSecond),
        1,
      )} MB/s, RSS ${spread(runs.map((run) => run.rssMb))} MiB`,
  );
}
const { p50, p99 } = await latency();
console.log(`  write to push with batch_wait 100 ms: p50 ${p50} ms, p99 ${p99} ms`);
const rest = await idle(1000);
console.log(`  1,000 idle files: ${rest.percent.toFixed(2)} % of a core, RSS ${rest.rssMb.toFixed(0)} MiB`);
