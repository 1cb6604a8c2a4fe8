import cluster from "node:cluster";
import { totalmem } from "node:os";
import manifest from "../package.json" with { type: "json" };
import { loadConfig } from "../shared/aws/load-config.ts";
import { fromEnvironment, grafanaCloud, resolve } from "../shared/config/resolve.ts";
import type { SettingKey } from "../shared/config/settings.ts";
import { errorText } from "../shared/error-text.ts";
import { createProcessTelemetry } from "../shared/node/process-telemetry.ts";
import { systemClock as clock } from "../shared/node/system-clock.ts";
import { createAdmin } from "./admin/admin.ts";
import { createDeadLettersPages } from "./admin/dead-letters.ts";
import type { Daemon } from "./daemon.ts";
import { listen } from "./ingress/listen.ts";
import { inFlightLimit } from "./process/memory-limit.ts";
import { serveAsWorker } from "./process/worker.ts";
import { startWorkers } from "./process/workers.ts";

// Runs the daemon with the settings of the environment: `main.ts` imports it when that is what is asked for.
const telemetry = createProcessTelemetry(process.stdout);
const { emit } = telemetry;
// Whoever reads the log may go away; what is in flight may not.
process.stdout.on("error", () => {});

const alone = resolve(fromEnvironment(process.env));
if (alone.kind === "invalid") fail(alone.problems.map(({ message }) => message));
const { durableIn, storagePath, adminPort, adminHost, adminReadOnly, workers, maxInFlightBytes } = alone.config;

if (storagePath !== undefined && workers > 1) {
  fail(["SLUICE_WORKERS must be 1 where SLUICE_STORAGE_PATH is set: one process has a storage path at a time."]);
}
const required: readonly SettingKey[] =
  durableIn === "destination" || storagePath !== undefined ? grafanaCloud : ["queueUrl"];
const opened = await loadConfig({ env: process.env, emit, clock, required, delivers: true });
if (opened.kind === "invalid") fail(opened.problems);
const { store } = opened;
telemetry.setLevel(store.current().logLevel);

const facts = { configured: maxInFlightBytes, workers, constrained: process.constrainedMemory(), total: totalmem() };
const options = { store, telemetry, version: manifest.version, inFlightBytes: inFlightLimit(facts) };
// The main process of several serves nothing itself: what the daemon is made of is loaded where it runs.
const starting =
  cluster.isPrimary && workers > 1
    ? startWorkers({ workers, emit, stopTimeoutMs: alone.config.stopTimeout })
    : (await import("./daemon.ts")).startDaemon(options);
const daemon = await starting.catch((error: unknown) => fail([errorText(error)]));

if (cluster.isWorker) serveAsWorker(daemon);
else await serveAsMain(daemon);

async function serveAsMain(daemon: Daemon): Promise<void> {
  const tokens = () => store.current().adminTokens ?? [];
  const rules = { boundTo: adminHost, readOnly: adminReadOnly, tokens };
  const deadLetters = createDeadLettersPages({ own: daemon.own, rules, clock, emit });
  const admin = createAdmin(daemon, { version: manifest.version, rules, deadLetters });
  const place = { port: adminPort, host: adminHost, setting: "SLUICE_ADMIN_PORT" };
  const address = await listen(admin, place).catch((error: unknown) => fail([errorText(error)]));
  const { grpc, http } = daemon.addresses;
  process.on("SIGHUP", () => void daemon.reload());
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
  emit("server.ready", { addresses: `OTLP/gRPC on ${grpc}, OTLP/HTTP on ${http}, admin on ${address}` });

  async function stop(reason: string): Promise<void> {
    if (stopping) process.exit(1);
    stopping = true;
    const startedAt = performance.now();
    emit("server.stopping", { reason });
    await daemon.stop();
    await admin.close(0);
    emit("server.stopped", { durationMs: Math.round(performance.now() - startedAt) });
    process.exit(0);
  }
}

function fail(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
