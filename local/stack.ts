import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGrpcIngress } from "../daemon/ingress/grpc-ingress.ts";
import { listen } from "../daemon/ingress/listen.ts";
import { createBudget } from "../shared/commit/budget.ts";
import { createDestinations, grafanaCloudName, grafanaCloudOf } from "../shared/config/destinations.ts";
import type { Config } from "../shared/config/resolve.ts";
import type { Destinations } from "../shared/delivery/destination.ts";
import { errorText } from "../shared/error-text.ts";
import { createHealth } from "../shared/grpc/health.ts";
import type { SenderCredential } from "../shared/http/auth.ts";
import { type DirectoryLock, lockDirectory } from "../shared/node/directory-lock.ts";
import { createProcessMetrics } from "../shared/node/process-metrics.ts";
import { openReplayJournal } from "../shared/node/replay-journal.ts";
import { systemClock } from "../shared/node/system-clock.ts";
import { otlpServices } from "../shared/otlp/signals.ts";
import type { Recent } from "../shared/overview/recent.ts";
import type { Layout } from "../shared/readable/readable.ts";
import { signalNames } from "../shared/signal.ts";
import type { Emit } from "../shared/telemetry/events.ts";
import type { Metrics } from "../shared/telemetry/metrics.ts";
import { createQueueDeadLetters } from "../ui/serve/dead-letters.ts";
import { createAdmin } from "./admin.ts";
import { type EmbeddedSqs, startEmbeddedSqs } from "./embedded-sqs.ts";
import { createAlbFront } from "./lambda/alb-front.ts";
import { openFunctions } from "./open-functions.ts";
import { startPipeline } from "./pipeline.ts";
import { itemsOf } from "./receiver/items-of.ts";
import { startReceiver } from "./receiver/receiver.ts";

export interface StackOptions {
  readonly config: Config;
  readonly senders: readonly SenderCredential[];
  readonly emit: Emit;
  readonly metrics: Metrics;
  readonly recent: Recent;
  /** Takes the receiver's lines, where no destination is configured. */
  readonly show: (line: string) => void;
  /** How wide those lines may be, and whether they may have colours. */
  readonly layout?: () => Layout;
  readonly version: string;
}

/** The whole gateway on one machine. */
export interface Stack {
  /** Base URLs, as clients use them. */
  readonly http: string;
  readonly grpc: string;
  readonly admin: string;
  /** Base URL of the destination; undefined where the built-in receiver stands in for it. */
  readonly destination: string | undefined;
  /** Stops accepting, answers what is in flight, delivers what is queued, each for a bounded time. */
  stop(): Promise<void>;
}

const finishMs = 5000;
/** Requests of OTLP/gRPC held at once; more are asked to come again. */
const grpcMemoryBytes = 256 * 2 ** 20;
const drainMs = 10_000;
const lockWaitMs = 2000;

/** Starts everything that `npm start` runs. Throws a sentence for a person where that cannot be. */
export async function startStack({
  config,
  senders,
  emit,
  metrics,
  recent,
  show,
  layout,
  version,
}: StackOptions): Promise<Stack> {
  const { lock, sqs } = await openQueue(config.dataDir);
  const cloud = grafanaCloudOf(config);
  const apiKey = randomBytes(24).toString("hex");
  const receiver = cloud ? undefined : await startReceiver({ write: show, apiKey, ...(layout && { layout }) });
  const destinations = receiver ? only(receiver.destination) : configured(config);
  const pipeline = await startPipeline({
    sqs,
    config,
    senders,
    destinations,
    emit,
    openFunctions: (enqueueFor) =>
      openFunctions({ config, env: process.env, emit, metrics, enqueueFor, receiver: receiver?.destination }),
  });
  const measureProcess = createProcessMetrics(metrics, { version });
  let ready = false;

  const health = createHealth(otlpServices);
  const budget = createBudget(grpcMemoryBytes);
  const { maxRequestBytes } = config;
  const auth = () => senders;
  const { accept, limits, keepsMetadata } = pipeline;
  const grpcIngress = createGrpcIngress({
    accept,
    limits,
    keepsMetadata,
    emit,
    health,
    budget,
    maxRequestBytes,
    auth,
  });
  const rules = { boundTo: config.adminHost, readOnly: config.adminReadOnly, tokens: () => config.adminTokens ?? [] };
  const front = createAlbFront({ invoke: pipeline.ingest, emit });
  const journal = openReplayJournal(join(config.dataDir, "replays"), systemClock.now());
  const deadLetters = createQueueDeadLetters({ ...pipeline.replaying, journal, clock: systemClock, emit, rules });
  const queues = () => [
    { name: "sluice", messages: pipeline.queued().length },
    { name: "dead-letters", messages: pipeline.parked().length },
  ];
  const admin = createAdmin({ isReady: () => ready, metrics, measure, recent, rules, version, queues, deadLetters });
  const http = `http://${await listen(front, { port: config.httpPort, host: config.host, setting: "SLUICE_HTTP_PORT" })}`;
  const grpc = `http://${await listen(grpcIngress, { port: config.grpcPort, host: config.host, setting: "SLUICE_GRPC_PORT" })}`;
  const adminUrl = `http://${await listen(admin, { port: config.adminPort, host: config.adminHost, setting: "SLUICE_ADMIN_PORT" })}`;
  for (const signal of signalNames) {
    for (const transport of ["http", "grpc"]) metrics.add("sluice_accepted_items_total", { signal, transport }, 0);
    metrics.add("sluice_delivered_items_total", { signal, destination: grafanaCloudName }, 0);
    metrics.add("sluice_rejected_items_total", { signal, destination: grafanaCloudName }, 0);
    metrics.add("sluice_dead_lettered_items_total", { signal, destination: grafanaCloudName, reason: "rejected" }, 0);
  }
  const addresses = join(config.dataDir, "addresses.json");
  const { queueUrl, deadLetterQueueUrl } = pipeline;
  writeFileSync(
    addresses,
    `${JSON.stringify({ http, grpc, admin: adminUrl, queueUrl, deadLetterQueueUrl }, null, 2)}\n`,
  );
  ready = true;
  health.set(true);

  return {
    http,
    grpc,
    admin: adminUrl,
    destination: cloud?.endpoint,
    async stop() {
      ready = false;
      health.set(false);
      await Promise.all([front.close(finishMs), grpcIngress.close(finishMs)]);
      await pipeline.drain(drainMs);
      await receiver?.close();
      await sqs.stop();
      await admin.close(0);
      journal.dispose();
      rmSync(addresses, { force: true });
      lock.release();
    },
  };

  function measure(): void {
    measureProcess();
    const inFlight = itemsOf(pipeline.queued());
    const letters = itemsOf(pipeline.parked());
    for (const signal of signalNames) {
      metrics.set("sluice_in_flight_items", { signal }, inFlight[signal]);
      metrics.set("sluice_dead_letter_items", { signal }, letters[signal]);
    }
    const { requests, bytes } = front.load();
    metrics.set("sluice_in_flight_requests", {}, requests + grpcIngress.load().calls);
    metrics.set("sluice_in_flight_bytes", {}, bytes + budget.used());
  }
}

async function openQueue(dataDir: string): Promise<{ lock: DirectoryLock; sqs: EmbeddedSqs }> {
  try {
    const lock = await lockSoon(dataDir);
    if (lock) return { lock, sqs: await startEmbeddedSqs({ dataDir }) };
  } catch (error) {
    const why = errorText(error);
    throw new Error(`The data directory ${dataDir} cannot be used (${why}): set SLUICE_DATA_DIR to another one.`);
  }
  const advice = "stop that one, or set SLUICE_DATA_DIR to another directory";
  throw new Error(`The data directory ${dataDir} is in use by another instance: ${advice}.`);
}

/** An instance that is just stopping gets a moment to do so. */
async function lockSoon(directory: string): Promise<DirectoryLock | undefined> {
  const until = performance.now() + lockWaitMs;
  for (;;) {
    const lock = lockDirectory(directory);
    if (lock || performance.now() > until) return lock;
    await systemClock.sleep(100);
  }
}

/** Settings come from the environment alone, which does not change while the process runs. */
function configured(config: Config): Destinations {
  const store = { current: () => config, refresh: async () => ({ kind: "unchanged" }) as const };
  return createDestinations({ store, clock: systemClock, random: Math.random });
}

function only(destination: ReturnType<Destinations["candidates"]>[number]): Destinations {
  return { candidates: () => [destination], refused: async () => {} };
}
