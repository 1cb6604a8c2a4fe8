// `npm run bench:daemon [-- --seconds 4 --disk DIRECTORY --only http/plain]`: processor seconds per million spans, memory and latency of the daemon, and of the
// Collector with the same pipeline in the same run where it is installed (bench/peers/install.sh). Each row is a fresh process.
// With --disk, three more subjects: the daemon with everything through its queue on the disk, flushed before the answer, and delivered from
// there; and the Collector with its sending queue in file_storage, without fsync (its default) and with it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleEntry } from "../../infra/bundle.ts";
import type { Sent, Task } from "./sender.ts";
import { cpuSeconds, residentMiB, type Subject, startCollector, startSluice } from "./subject.ts";

const inMemory = ["sluice", "collector"] as const;
const onDisk = ["disk", "file", "fsync"] as const;
type Name = (typeof inMemory | typeof onDisk)[number];

interface Row extends Sent {
  readonly name: string;
  readonly load: string;
  readonly protocol: string;
  readonly coding: string;
  readonly cpuPerMillion: number;
  readonly peakMiB: number;
}

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    json: { type: "boolean" },
    disk: { type: "string" },
    /** Beginning of `protocol/coding/load`. */
    only: { type: "string", default: "" },
  },
});
const measureMs = Number(values.seconds) * 1000;
const spansPerRequest = 512;
const steadyRate = 10_000;

const bundle = join(mkdtempSync(join(tmpdir(), "sluice-bench-")), "index.mjs");
await bundleEntry("daemon/main.ts", { kind: "program", outfile: bundle });
const destinationProcess = fork(join(import.meta.dirname, "destination.ts"));
const [destinationPort] = (await once(destinationProcess, "message")) as [number];
const destination = `http://127.0.0.1:${destinationPort}/otlp`;

const rows: Row[] = [];
let turn = 0;
for (const rate of [steadyRate, 0]) {
  for (const protocol of ["grpc", "http"] as const) {
    for (const coding of ["gzip", "plain"] as const) {
      if (!`${protocol}/${coding}/${loadOf(rate)}`.startsWith(values.only)) continue;
      const order: readonly Name[] = [...inMemory, ...(values.disk === undefined ? [] : onDisk)];
      // At a steady rate there are few requests: more of them to warm up, and more to measure.
      const [warmupMs, share] = rate > 0 ? [5000, 1.5] : [3000, 1];
      const task = { protocol, coding, rate, spansPerRequest, warmupMs, measureMs: measureMs * share };
      // Whoever comes second finds a warmer machine.
      for (const name of turn++ % 2 ? order.toReversed() : order) {
        const row = await measure(name, task);
        if (row) rows.push(row);
        if (row && !values.json) process.stdout.write(`${describe(row)}\n`);
      }
      compare(protocol, coding, rate);
    }
  }
}
destinationProcess.disconnect();
if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);

async function measure(name: Name, task: Omit<Task, "port">): Promise<Row | undefined> {
  const subject = await startSubject(name);
  if (!subject) return undefined;
  const { pid } = subject;
  const sender = fork(join(import.meta.dirname, "sender.ts"));
  const port = task.protocol === "grpc" ? subject.grpcPort : subject.httpPort;
  sender.send({ ...task, port });
  const { sent, cpu, peakMiB } = await watch(sender, subject);
  sender.disconnect();
  await subject.stop();
  const load = loadOf(task.rate);
  return { name, load, ...task, ...sent, cpuPerMillion: (cpu / sent.spans) * 1e6, peakMiB, pid } as Row;
}

async function startSubject(name: Name): Promise<Subject | undefined> {
  if (name === "collector") return startCollector(destination);
  if (name === "sluice") return startSluice(bundle, destination);
  const directory = mkdtempSync(join(values.disk ?? tmpdir(), "sluice-bench-disk-"));
  if (name === "disk") return startSluice(bundle, destination, directory);
  return startCollector(destination, { directory, fsync: name === "fsync" });
}

function loadOf(rate: number): string {
  return rate > 0 ? `${rate / 1000}k/s` : "saturation";
}

async function watch(sender: ReturnType<typeof fork>, { pid }: Subject) {
  let peakMiB = 0;
  let begin = 0;
  let cpu = 0;
  const sampling = setInterval(() => {
    peakMiB = Math.max(peakMiB, residentMiB(pid));
  }, 100);
  const sent = await new Promise<Sent>((resolve) => {
    sender.on("message", (message: "begin" | "end" | Sent) => {
      if (message === "begin") begin = cpuSeconds(pid);
      else if (message === "end") cpu = cpuSeconds(pid) - begin;
      else resolve(message);
    });
  });
  clearInterval(sampling);
  return { sent, cpu, peakMiB };
}

function describe(row: Row): string {
  const rate = Math.round(row.spans / row.seconds);
  const cells = [
    row.name.padEnd(9),
    row.protocol.padEnd(4),
    row.coding.padEnd(5),
    row.load.padEnd(10),
    `${row.cpuPerMillion.toFixed(2)} s/M`.padStart(10),
    `${Math.round(1e6 / row.cpuPerMillion)} spans/core·s`.padStart(20),
    `${rate} spans/s`.padStart(15),
    `p50 ${row.p50.toFixed(1)} ms`.padStart(13),
    `p99 ${row.p99.toFixed(1)} ms`.padStart(14),
    `${row.peakMiB.toFixed(0)} MiB`.padStart(8),
    row.refused > 0 ? `${row.refused} spans refused` : "",
  ];
  return cells.join(" ").trimEnd();
}

function compare(protocol: string, coding: string, rate: number): void {
  const load = loadOf(rate);
  const of = (name: string) =>
    rows.find((row) => row.name === name && row.protocol === protocol && row.coding === coding && row.load === load);
  const [ours, theirs] = [of("sluice"), of("collector")];
  if (values.json) return;
  if (!ours || !theirs) {
    process.stdout.write("  the Collector is not installed: bench/peers/install.sh\n");
    return;
  }
  const times = (theirs.cpuPerMillion / ours.cpuPerMillion).toFixed(2);
  const disk = of("disk");
  if (disk) {
    const more = (disk.cpuPerMillion / ours.cpuPerMillion).toFixed(2);
    process.stdout.write(`  through the disk queue it is ${more} times the processor of exporting at once\n`);
    for (const [name, words] of [
      ["file", "file_storage"],
      ["fsync", "file_storage and fsync"],
    ] as const) {
      const row = of(name);
      if (!row) continue;
      const ratio = (row.cpuPerMillion / disk.cpuPerMillion).toFixed(2);
      process.stdout.write(`  the Collector with ${words} needs ${ratio} times the processor of the disk queue\n`);
    }
  }
  process.stdout.write(
    `  the Collector needs ${times} times the processor, ${(theirs.peakMiB / ours.peakMiB).toFixed(2)} times the memory\n`,
  );
}
