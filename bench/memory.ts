import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../infra/bundle.ts";
import { type Load, measureLoad, startDestination } from "./daemon/measure.ts";
import { residentMiB, startSluice } from "./daemon/subject.ts";
import { type Part, partsOf } from "./memory/parts.ts";
import { createProbe } from "./memory/probe.ts";
import { sizesOf } from "./memory/regions.ts";
import { optionsOf } from "./usage.ts";

const usage = `Usage: node bench/memory.ts [OPTIONS]

What the memory of the daemon consists of, at rest and under a load when its own memory is at its most, in MiB.

  --load NAME       small, 10k/s, one or saturation; default small
  --protocol NAME   http or grpc; default http
  --coding NAME     plain or gzip; default plain
  --seconds N       that are measured, after a warm-up; default 5
  --bundle FILE     index.cjs of a program that is built already
  --node FLAGS      further flags for Node and V8, with spaces between`;

const values = optionsOf(usage, {
  load: { type: "string", default: "small" },
  protocol: { type: "string", default: "http" },
  coding: { type: "string", default: "plain" },
  seconds: { type: "string", default: "5" },
  bundle: { type: "string" },
  node: { type: "string", default: "" },
});
const settleMs = 1500;
const everyMs = 500;

const scratch = mkdtempSync(join(tmpdir(), "sluice-bench-memory-"));
const file = values.bundle ?? (await bundle("daemon", scratch)).file;
const probe = createProbe(scratch);
const nodeOptions = [...probe.nodeOptions, ...values.node.split(" ").filter(Boolean)];
const destination = await startDestination();
const subject = await startSluice(file, destination.url, { nodeOptions });
try {
  await pause(settleMs);
  const idle = await look();
  let most = idle;
  let isOver = false;
  const given = {
    load: values.load as Load,
    protocol: values.protocol === "grpc" ? "grpc" : "http",
    coding: values.coding === "gzip" ? "gzip" : "plain",
  } as const;
  const measured = measureLoad("sluice", given, { subject, measureMs: Number(values.seconds) * 1000 }).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await pause(everyMs);
    const now = await look();
    if (now.ownMiB > most.ownMiB) most = now;
  }
  const { cpu, p99 } = await measured;
  const title = `${given.load}/${given.protocol}/${given.coding}, ${cpu.toFixed(1)} s/M, p99 ${p99.toFixed(1)} ms`;
  process.stdout.write(`${title.padEnd(46)} at rest      under load\n`);
  for (const part of most.parts) write(part, idle.parts);
  write({ name: "own", mib: most.ownMiB }, [{ name: "own", mib: idle.ownMiB }]);
  write({ name: "resident", mib: most.residentMiB }, [{ name: "resident", mib: idle.residentMiB }]);
} finally {
  await subject.stop();
  destination.stop();
  rmSync(scratch, { recursive: true });
}

async function look() {
  const { pid } = subject;
  const told = await probe.ask(pid);
  const parts = partsOf(sizesOf(readFileSync(`/proc/${pid}/smaps`, "utf8")), told);
  const { memory, heap } = told;
  const inMalloc: readonly Part[] = [
    { name: "(in malloc and large buffers) ArrayBuffers", mib: memory.arrayBuffers / 2 ** 20 },
    { name: "(at its most, in malloc) compilers of V8", mib: heap.peak_malloced_memory / 2 ** 20 },
  ];
  return { parts: [...parts, ...inMalloc], ownMiB: residentMiB(pid, true), residentMiB: residentMiB(pid) };
}

function write(part: Part, idle: readonly Part[]): void {
  const before = idle.find(({ name }) => name === part.name);
  process.stdout.write(`  ${part.name.padEnd(44)} ${figure(before).padEnd(12)} ${figure(part)}\n`);
}

function figure({ mib, used }: Omit<Part, "name"> = { mib: 0 }): string {
  return `${mib.toFixed(1).padStart(5)}${used === undefined ? "" : ` (${used.toFixed(1)})`}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
