// `npm run bench:clients`: many connected clients at a low rate: memory for each connection, processor time
// while they are quiet and while they send, and whether one of them lost its connection; and what is taken at saturation; for each number of
// workers. Each process needs a file descriptor for each client: `ulimit -n`.
import { fork } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../infra/bundle.ts";
import { optionsOf } from "../usage.ts";
import type { ClientsEvent, ClientsTask } from "./many-clients.ts";
import { measureLoad, startDestination } from "./measure.ts";
import { cpuSeconds, residentMiB, startSluice } from "./subject.ts";

const usage = `Usage: npm run bench:clients [-- OPTIONS]

  --clients N       default 5000; each needs a file descriptor in either process: ulimit -n
  --workers COUNTS  with commas between; default 1,2,4`;
const values = optionsOf(usage, {
  clients: { type: "string", default: "5000" },
  workers: { type: "string", default: "1,2,4" },
});
const clients = Number(values.clients);
/** As if each sent every 30 s. */
const requestsPerSecond = clients / 30;
const quietMs = 5000;
const sendMs = 6000;

const { file } = await bundle("daemon", mkdtempSync(join(tmpdir(), "sluice-bench-")));
const destination = await startDestination();
process.stdout.write(
  `${clients} clients, ${requestsPerSecond.toFixed(0)} requests of 10 spans a second from all of them\n`,
);
for (const workers of values.workers.split(",").map(Number)) {
  for (const protocol of ["grpc", "http"] as const) await measure(protocol, workers);
  await saturate(workers);
}
destination.stop();

async function measure(protocol: ClientsTask["protocol"], workers: number): Promise<void> {
  const subject = await startSluice(file, destination.url, { workers });
  const { pid } = subject;
  const port = protocol === "grpc" ? subject.grpcPort : subject.httpPort;
  const before = residentMiB(pid, true);
  const sender = fork(join(import.meta.dirname, "many-clients.ts"));
  const events = inOrder(sender);
  sender.send({ protocol, port, clients, requestsPerSecond, quietMs, sendMs } satisfies ClientsTask);
  const connected = await events.next("connected");
  const connectedAt = cpuSeconds(pid);
  await events.next("quiet");
  const quietAt = cpuSeconds(pid);
  const held = residentMiB(pid, true);
  const sent = await events.next("sent");
  const sentAt = cpuSeconds(pid);
  sender.disconnect();
  await subject.stop();
  const perSecond = (from: number, to: number, ms: number) => `${(((to - from) / ms) * 1e6).toFixed(1)} ms/s`;
  const cells = [
    `${workers} workers ${protocol}`.padEnd(16),
    `connected and served in ${(connected.connectMs / 1000).toFixed(1)} s`,
    `${(((held - before) * 1024) / clients).toFixed(1)} KiB a connection (${before.toFixed(0)} → ${held.toFixed(0)} MiB of its own)`,
    `quiet ${perSecond(connectedAt, quietAt, quietMs)}`,
    `sending ${perSecond(quietAt, sentAt, sendMs)}`,
    `p99 ${sent.p99.toFixed(1)} ms`,
    `${sent.refused} refused, ${sent.lost} connections lost`,
  ];
  process.stdout.write(`  ${cells.join(", ")}\n`);
}

/** Requests of 512 spans, sixteen at a time over four connections. */
async function saturate(workers: number): Promise<void> {
  const subject = await startSluice(file, destination.url, { workers });
  for (const coding of ["gzip", "plain"] as const) {
    const given = { load: "saturation", protocol: "http", coding } as const;
    const { spansPerSecond, cpu, p99, peakMiB } = await measureLoad("sluice", given, { subject, measureMs: 2000 });
    const figures = `${Math.round(spansPerSecond)} spans/s, ${cpu.toFixed(2)} s/M, p99 ${p99.toFixed(1)} ms, ${peakMiB.toFixed(0)} MiB`;
    process.stdout.write(`  ${`${workers} workers http`.padEnd(16)}, saturation ${coding}: ${figures}\n`);
  }
  await subject.stop();
}

/** The events of the clients, each waited for by its kind. */
function inOrder(sender: ReturnType<typeof fork>) {
  const queued: ClientsEvent[] = [];
  let wake = () => {};
  sender.on("message", (event: ClientsEvent) => {
    queued.push(event);
    wake();
  });
  return {
    async next<Kind extends ClientsEvent["kind"]>(kind: Kind): Promise<Extract<ClientsEvent, { kind: Kind }>> {
      for (;;) {
        const event = queued.shift();
        if (event?.kind === kind) return event as Extract<ClientsEvent, { kind: Kind }>;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
