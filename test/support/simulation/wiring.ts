import { createEgress, defaultEgressLimits, type Egress } from "../../../daemon/egress/egress.ts";
import { probeDestination } from "../../../daemon/process/probe.ts";
import { createFlush, type FlushOptions } from "../../../functions/flush.ts";
import type { Accept } from "../../../shared/batch/accept.ts";
import type { Clock, Random } from "../../../shared/clock.ts";
import { createBudget } from "../../../shared/commit/budget.ts";
import { withBudget } from "../../../shared/commit/with-budget.ts";
import { createDestinations, grafanaCloudDestination } from "../../../shared/config/destinations.ts";
import type { Config } from "../../../shared/config/resolve.ts";
import type { Destinations } from "../../../shared/delivery/destination.ts";
import { createSend } from "../../../shared/delivery/send.ts";
import type { Transport } from "../../../shared/delivery/transport.ts";
import { createHealth } from "../../../shared/grpc/health.ts";
import { otlpServices } from "../../../shared/otlp/signals.ts";
import { createEnqueue } from "../../../shared/queue/enqueue.ts";
import type { Queue } from "../../../shared/queue/queue.ts";
import type { ReceivedMessage } from "../../../shared/queue/queue-reader.ts";
import { createReceive as createGrpcReceive, type GrpcReceive } from "../../../shared/receivers/otlp-grpc/receive.ts";
import { createReceive as createHttpReceive, type Receive } from "../../../shared/receivers/otlp-http/receive.ts";
import { secret } from "../../../shared/secret.ts";
import type { Emit } from "../../../shared/telemetry/events/events.ts";
import { eventOf } from "../flush/flush-stand.ts";

/** The one place that knows how the code under test is put together, around the real egress and flush. */
export interface Adapters {
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  readonly newId: () => string;
  readonly transport: Transport;
  /** Names of the destinations; the first one's key is `key()`. */
  readonly destinations: readonly string[];
  /** The key in the settings now. */
  readonly key: () => string;
  readonly queue?: Queue;
  readonly deadLetters?: Queue;
}

/** Sizes and times of the settings. */
export interface Sizes {
  readonly budgetBytes: number;
  readonly batchDelayMs: number;
  readonly batchItems: number;
}

/** A process that takes requests. */
export interface Gateway {
  readonly http: ReadonlyMap<string, Receive>;
  readonly grpc: ReadonlyMap<string, GrpcReceive>;
  /** What is still held of requests. */
  held(): { readonly bytes: number; readonly requests: number };
  /** Why it is not ready. */
  problem(): string | undefined;
  stop(): Promise<void>;
}

/** How long the daemon waits for the destination; a client never waits longer for it. */
export const directTimeoutMs = 10_000;
/** Visibility timeout of the queue, and the time of one invocation. */
export const leaseMs = 420_000;
export const invocationMs = 60_000;

const maxRetryDelayMs = 300_000;
/** What is larger is compressed by threads (`compression/gzip.ts`), whose time is not virtual. */
const maxBytes = 60_000;
const limits = { maxExportBytes: maxBytes, maxExportItems: 20_000, baseMs: 5000, maxMs: maxRetryDelayMs };
const egressLimits = {
  ...defaultEgressLimits,
  batchBytes: maxBytes,
  passBytes: 2000,
  maxExportItems: limits.maxExportItems,
  maxExportBytes: maxBytes,
  directWaitMs: directTimeoutMs,
  firstRetryMs: limits.baseMs,
  maxRetryMs: maxRetryDelayMs,
};
const spillAfterMs = 12_000;

/** The daemon: one way from the receivers to each destination. */
export function createDaemonGateway(adapters: Adapters, sizes: Sizes): Gateway {
  const { clock, emit, transport, queue, deadLetters } = adapters;
  const destinations = destinationsOf(adapters);
  const budget = createBudget(sizes.budgetBytes);
  const egresses = adapters.destinations.map((name) =>
    createEgress({
      ...adapters,
      name,
      destinations,
      limits: { ...egressLimits, batchItems: sizes.batchItems, batchDelayMs: sizes.batchDelayMs },
      ...(queue && { queues: { queue, ...(deadLetters && { deadLetters }) } }),
      watch: { probe: () => probe(name), onChange: () => {} },
    }),
  );
  const accepting = adapters.destinations.map((name, at): [string, Accept] => {
    const { accept } = egresses[at] as Egress;
    return [name, withBudget(accept, { budget, retryAfterMs: 1000 })];
  });
  return {
    ...receiversOf(new Map(accepting), emit),
    held() {
      const loads = egresses.map((egress) => egress.load());
      return { bytes: budget.used(), requests: loads.reduce((sum, { requests }) => sum + requests, 0) };
    },
    problem: () => egresses.map((egress) => egress.problem()).find((problem) => problem !== undefined),
    async stop() {
      await Promise.all(egresses.map((egress) => egress.close(spillAfterMs)));
    },
  };

  /** As `egress/pipeline.ts`: the queue answers whoever only connects to it. */
  async function probe(name: string): Promise<string | undefined> {
    const [destination] = destinations.candidates(name);
    const send = createSend({ destinations, transport, clock, userAgent });
    const problem = destination && (await probeDestination(destination, { send, emit }));
    return queue ? undefined : problem;
  }
}

/** The ingest function: every request straight into the queue. */
export function createFunctionGateway(adapters: Adapters & { readonly queue: Queue }): Gateway {
  const { clock, emit, queue } = adapters;
  const maxBatchBytes = limits.maxExportBytes;
  const accepting = adapters.destinations.map((destination): [string, Accept] => [
    destination,
    createEnqueue({ queue, destination, clock, emit, maxBatchBytes }),
  ]);
  return {
    ...receiversOf(new Map(accepting), emit),
    held: () => ({ bytes: 0, requests: 0 }),
    problem: () => undefined,
    stop: async () => {},
  };
}

/** The flush function: ids of the messages that stay; rejects where Lambda is to slow down. */
export function createFlushFunction(
  adapters: Adapters & { readonly queue: Queue; readonly deadLetters: Queue; readonly reader: FlushOptions["reader"] },
): (messages: readonly ReceivedMessage[], endsAt: number) => Promise<readonly string[]> {
  const destinations = destinationsOf(adapters);
  const flush = createFlush({ ...adapters, ...limits, destinations, userAgent, exportTimeoutMs: 30_000 });
  return async (messages, remainingMs) => {
    const event = eventOf(messages.map((message) => ({ ...message, body: String(message.body), visibleAt: 0 })));
    const { batchItemFailures } = await flush(event, { getRemainingTimeInMillis: () => remainingMs });
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
}

const userAgent = "Sluice/simulated";

function receiversOf(accepting: ReadonlyMap<string, Accept>, emit: Emit): Pick<Gateway, "http" | "grpc"> {
  const maxBytes = 2 ** 20;
  const health = createHealth(otlpServices);
  return {
    http: new Map(
      [...accepting].map(([name, accept]) => [name, createHttpReceive({ accept, emit, maxBodyBytes: maxBytes })]),
    ),
    grpc: new Map(
      [...accepting].map(([name, accept]) => [
        name,
        createGrpcReceive({ accept, emit, health, maxMessageBytes: maxBytes, busyRetryMs: 1000 }),
      ]),
    ),
  };
}

function destinationsOf({ destinations: names, key, clock, random }: Adapters): Destinations {
  const current = () =>
    ({ endpoint: `http://${names[0]}`, instanceId: "1", apiKey: secret(key()) }) as unknown as Config;
  const store = { current, refresh: async () => ({ kind: "unchanged" }) as const };
  const rotating = createDestinations({ store, clock, random });
  return {
    candidates(name) {
      if (name === names[0]) return rotating.candidates(name);
      const other = { endpoint: `http://${name}`, instanceId: "2", apiKey: secret("static") };
      return [{ ...grafanaCloudDestination(other), name }];
    },
    refused: (name) => rotating.refused(name),
  };
}
