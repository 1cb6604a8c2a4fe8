import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGrpcIngress } from "../daemon/ingress/grpc-ingress.ts";
import { listen } from "../daemon/ingress/listen.ts";
import { createBudget } from "../shared/commit/budget.ts";
import { createDestinations, grafanaCloudOf } from "../shared/config/destinations.ts";
import type { Config } from "../shared/config/resolve.ts";
import type { Destinations } from "../shared/delivery/destination.ts";
import { createHealth } from "../shared/grpc/health.ts";
import type { SenderCredential } from "../shared/http/auth.ts";
import { openReplayJournal } from "../shared/node/replay-journal.ts";
import { systemClock } from "../shared/node/system-clock.ts";
import { otlpServices } from "../shared/otlp/signals.ts";
import type { Recent } from "../shared/overview/recent.ts";
import type { Layout } from "../shared/readable/readable.ts";
import type { Emit } from "../shared/telemetry/events/events.ts";
import type { Metrics } from "../shared/telemetry/metrics/metrics.ts";
import { createQueueDeadLetters } from "../ui/serve/dead-letters.ts";
import { createAdmin } from "./admin.ts";
import { createAlbFront } from "./lambda/alb-front.ts";
import { openData } from "./open-data.ts";
import { openFunctions } from "./open-functions.ts";
import { startPipeline } from "./pipeline.ts";
import { startReceiver } from "./receiver/receiver.ts";
import { countFromZero, createStackGauges } from "./stack-gauges.ts";

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
  const { lock, sqs } = await openData(config.dataDir);
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
  const measure = createStackGauges({
    metrics,
    version,
    queued: pipeline.queued,
    parked: pipeline.parked,
    load: () => {
      const { requests, bytes } = front.load();
      return { requests: requests + grpcIngress.load().calls, bytes: bytes + budget.used() };
    },
  });
  const admin = createAdmin({ isReady: () => ready, metrics, measure, recent, rules, version, queues, deadLetters });
  const { host } = config;
  const http = `http://${await listen(front, { port: config.httpPort, host, setting: "SLUICE_HTTP_PORT" })}`;
  const grpc = `http://${await listen(grpcIngress, { port: config.grpcPort, host, setting: "SLUICE_GRPC_PORT" })}`;
  const adminUrl = `http://${await listen(admin, { port: config.adminPort, host: config.adminHost, setting: "SLUICE_ADMIN_PORT" })}`;
  countFromZero(metrics);
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
}

/** Settings come from the environment alone, which does not change while the process runs. */
function configured(config: Config): Destinations {
  const store = { current: () => config, refresh: async () => ({ kind: "unchanged" }) as const };
  return createDestinations({ store, clock: systemClock, random: Math.random });
}

function only(destination: ReturnType<Destinations["candidates"]>[number]): Destinations {
  return { candidates: () => [destination], refused: async () => {} };
}
