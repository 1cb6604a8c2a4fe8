import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Subject } from "./program.ts";
import type { Sent, Task } from "./sender.ts";
import { cpuSeconds, residentMiB, type SubjectName, subjects, type World } from "./subject.ts";

/** How much is sent: nothing, a steady 10,000 spans a second, the same in small requests, one request after the other, or as much as is taken. */
export type Load = "idle" | "10k/s" | "small" | "one" | "saturation";

/** One row of the table: who, and what it is sent. */
export interface Case {
  readonly load: Load;
  readonly protocol: "grpc" | "http" | "-";
  readonly coding: "gzip" | "plain" | "-";
}

/** What one round of a row came to. */
export interface Measured {
  readonly name: SubjectName;
  readonly case: Case;
  /** Seconds of processor time per million spans; of an idle process, thousandths of a processor. */
  readonly cpu: number;
  readonly spansPerSecond: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
  /** Resident memory at its most, and the part of it that is not pages of files. */
  readonly peakMiB: number;
  readonly ownMiB: number;
}

const idleMs = 4000;
const settleMs = 1500;

/** Starts a destination in a process of its own: its base URL of OTLP/HTTP, and how it ends. */
export async function startDestination(): Promise<{ readonly url: string; stop(): void }> {
  const child = fork(join(import.meta.dirname, "destination.ts"));
  const [port] = (await once(child, "message")) as [number];
  return { url: `http://127.0.0.1:${port}/otlp`, stop: () => child.disconnect() };
}

/** Measures one subject, freshly started, for a row; undefined where it is not installed. */
export async function measure(
  name: SubjectName,
  given: Case,
  { world, measureMs }: { readonly world: World; readonly measureMs: number },
): Promise<Measured | undefined> {
  const subject = await subjects[name].start(world);
  if (!subject) return undefined;
  try {
    return given.load === "idle"
      ? await measureIdle(name, given, subject)
      : await measureLoad(name, given, { subject, measureMs });
  } finally {
    await subject.stop();
  }
}

async function measureIdle(name: SubjectName, given: Case, { pid }: Subject): Promise<Measured> {
  await pause(settleMs);
  const before = cpuSeconds(pid);
  await pause(idleMs);
  const cpu = ((cpuSeconds(pid) - before) / idleMs) * 1e6;
  const memory = { peakMiB: residentMiB(pid), ownMiB: residentMiB(pid, true) };
  return { name, case: given, cpu, spansPerSecond: 0, refused: 0, p50: 0, p99: 0, ...memory };
}

export interface Loaded {
  readonly subject: Subject;
  readonly measureMs: number;
}

/** Measures a subject that runs. */
export async function measureLoad(name: SubjectName, given: Case, { subject, measureMs }: Loaded): Promise<Measured> {
  const { sent, cpu, ...memory } = await watch(taskOf(given, { subject, measureMs }), subject);
  const { spans, seconds, refused, p50, p99 } = sent;
  return { name, case: given, cpu: (cpu / spans) * 1e6, spansPerSecond: spans / seconds, refused, p50, p99, ...memory };
}

function taskOf({ load, protocol, coding }: Case, { subject, measureMs }: Loaded): Task {
  const isPaced = load === "10k/s" || load === "small";
  const port = protocol === "grpc" ? subject.grpcPort : subject.httpPort;
  // At a steady rate there are few requests: more of them to warm up, and more to measure.
  const times = isPaced ? { warmupMs: 5000, measureMs: measureMs * 1.5 } : { warmupMs: 3000, measureMs };
  return {
    protocol: protocol === "grpc" ? "grpc" : "http",
    coding: coding === "gzip" ? "gzip" : "plain",
    port,
    rate: isPaced ? 10_000 : 0,
    spansPerRequest: load === "small" ? 50 : 512,
    ...times,
    isOne: load === "one",
  };
}

async function watch(task: Task, { pid }: Subject) {
  const sender = fork(join(import.meta.dirname, "sender.ts"));
  let begin = 0;
  let cpu = 0;
  let peakMiB = 0;
  let ownMiB = 0;
  const sampling = setInterval(() => {
    peakMiB = Math.max(peakMiB, residentMiB(pid));
    ownMiB = Math.max(ownMiB, residentMiB(pid, true));
  }, 100);
  const sent = await new Promise<Sent>((resolve) => {
    sender.on("message", (message: "begin" | "end" | Sent) => {
      if (message === "begin") begin = cpuSeconds(pid);
      else if (message === "end") cpu = cpuSeconds(pid) - begin;
      else resolve(message);
    });
    sender.send(task);
  });
  clearInterval(sampling);
  sender.disconnect();
  return { sent, cpu, peakMiB, ownMiB };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
