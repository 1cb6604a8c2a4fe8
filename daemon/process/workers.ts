import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import type { Remembered } from "../../shared/overview/recent.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import type { Snapshot } from "../../shared/telemetry/metrics/metrics.ts";
import type { Daemon } from "../daemon.ts";
import type { Reloaded } from "../settings/settings-reload.ts";
import { joinRemembered } from "./join-remembered.ts";
import { sumSnapshots } from "./sum-snapshots.ts";
import type { Question, Reply, State } from "./worker.ts";

export interface WorkersOptions {
  readonly workers: number;
  readonly emit: Emit;
  /** What a worker has to stop in; one that is stuck is killed then. */
  readonly stopTimeoutMs: number;
}

const answerTimeoutMs = 5000;
const stateEveryMs = 1000;
/** A worker ends by itself within its time, if it can. */
const killGraceMs = 500;
/** Between the end of a worker and the start of the next one in its place. */
const restartMs = 1000;

/** Starts as many processes as asked for, which share the ports, and is one daemon to whoever looks at it. */
export async function startWorkers({ workers, emit, stopTimeoutMs }: WorkersOptions): Promise<Daemon> {
  const states = new Map<Worker, State>();
  let stopping = false;
  const started = await Promise.all(Array.from({ length: workers }, start));
  const [addresses] = started;
  if (!addresses) throw new Error("No worker could be started.");
  cluster.on("exit", replace);
  // One may have ended while others were still starting.
  for (const worker of states.keys())
    if (worker.isDead()) replace(worker, worker.process.exitCode, worker.process.signalCode);
  const watching = setInterval(() => void watch(), stateEveryMs);
  await watch();

  return {
    addresses,
    notReady() {
      if (states.size === 0) return "no worker is running";
      return [...states.values()].find(({ notReady }) => notReady)?.notReady;
    },
    unhealthy() {
      if (!stopping && states.size < workers) return `${states.size} of ${workers} workers are running`;
      return [...states.values()].find(({ unhealthy }) => unhealthy)?.unhealthy;
    },
    async reload() {
      const all = (await askAll("reload")) as Reloaded[];
      const kept = all.find(({ kind }) => kind === "kept");
      return kept ?? all[0] ?? { kind: "kept", problems: ["no worker is running"] };
    },
    snapshot: async () => sumSnapshots((await askAll("snapshot")) as Snapshot[]),
    remembered: async () => joinRemembered((await askAll("remembered")) as Remembered[]),
    async stop() {
      stopping = true;
      clearInterval(watching);
      const stopped = alive();
      const ended = stopped.map((worker) => once(worker, "exit"));
      for (const worker of stopped) send(worker, { id: 0, ask: "stop" });
      const overdue = setTimeout(() => {
        for (const worker of stopped) if (!worker.isDead()) worker.process.kill("SIGKILL");
      }, stopTimeoutMs + killGraceMs);
      await Promise.all(ended);
      clearTimeout(overdue);
    },
  };

  async function start(): Promise<Daemon["addresses"]> {
    const worker = cluster.fork();
    return new Promise((resolve, reject) => {
      worker.once("exit", () => reject(new Error("A worker ended before it could serve: see its messages above.")));
      worker.on("message", (reply: Reply) => {
        if (!("started" in reply)) return;
        states.set(worker, { notReady: "just started", unhealthy: undefined });
        resolve(reply.started);
      });
    });
  }

  function replace(worker: Worker, code: number | null, signal: string | null): void {
    states.delete(worker);
    if (stopping) return;
    emit("code.crashed", { where: "worker", error: `ended with ${signal ?? `code ${code}`}` });
    setTimeout(() => {
      if (!stopping) start().catch(() => {});
    }, restartMs);
  }

  async function watch(): Promise<void> {
    await Promise.all(
      alive().map(async (worker) => {
        const state = (await ask(worker, "state")) as State | undefined;
        if (states.has(worker)) states.set(worker, state ?? { notReady: noAnswer, unhealthy: noAnswer });
      }),
    );
  }

  async function askAll(what: Question["ask"]): Promise<unknown[]> {
    const answers = await Promise.all(alive().map((worker) => ask(worker, what)));
    return answers.filter((answer) => answer !== undefined);
  }

  function alive(): readonly Worker[] {
    return [...states.keys()].filter((worker) => worker.isConnected());
  }
}

const noAnswer = `a worker does not answer within ${answerTimeoutMs} ms`;
let questions = 0;

/** Undefined when the worker does not answer. */
function ask(worker: Worker, what: Question["ask"]): Promise<unknown> {
  const id = ++questions;
  return new Promise((resolve) => {
    const timer = setTimeout(end, answerTimeoutMs);
    worker.on("message", take);
    send(worker, { id, ask: what });

    function take(reply: Reply): void {
      if ("id" in reply && reply.id === id) end(reply.answer);
    }
    function end(answer?: unknown): void {
      clearTimeout(timer);
      worker.off("message", take);
      resolve(answer);
    }
  });
}

function send(worker: Worker, question: Question): void {
  // A worker that is just ending cannot be sent anything any more.
  worker.send(question, () => {});
}
