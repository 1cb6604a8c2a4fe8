import { randomUUID } from "node:crypto";
import { createFlush, type Flush } from "../functions/flush.ts";
import type { AnswerHttpEvent } from "../functions/http-event.ts";
import { createIngest } from "../functions/ingest.ts";
import type { RunningPipeline } from "../functions/pipeline/start-pipeline.ts";
import { createDestinationAccess } from "../shared/aws/destination-access.ts";
import type { Accept } from "../shared/batch/accept.ts";
import { createBudget } from "../shared/commit/budget.ts";
import { withBudget } from "../shared/commit/with-budget.ts";
import { deliveryLimits } from "../shared/config/delivery-limits.ts";
import { grafanaCloudName } from "../shared/config/destinations.ts";
import type { Config } from "../shared/config/resolve.ts";
import type { Destinations } from "../shared/delivery/destination.ts";
import { eitherDestinations } from "../shared/delivery/either-destinations.ts";
import type { SenderCredential } from "../shared/http/auth.ts";
import { systemClock as clock } from "../shared/node/system-clock.ts";
import { createCompressOnce } from "../shared/queue/compress-once.ts";
import { createEnqueue } from "../shared/queue/enqueue.ts";
import type { Queue } from "../shared/queue/queue.ts";
import type { QueueReader } from "../shared/queue/queue-reader.ts";
import { createSenderLimits, type SenderLimits } from "../shared/senders/sender-limits.ts";
import { withSenders } from "../shared/senders/with-senders.ts";
import type { Emit } from "../shared/telemetry/events/events.ts";
import { userAgent } from "../shared/user-agent.ts";
import type { EmbeddedSqs } from "./embedded-sqs.ts";
import { type EventSource, startEventSource } from "./lambda/event-source.ts";
import { openQueues } from "./open-queues.ts";

export interface PipelineOptions {
  readonly sqs: EmbeddedSqs;
  readonly config: Config;
  readonly senders: readonly SenderCredential[];
  readonly destinations: Destinations;
  readonly emit: Emit;
  /** Opens the pipeline of the functions, where there is one. */
  readonly openFunctions?: (
    enqueueFor: (destination: string) => Accept,
  ) => Promise<Pick<RunningPipeline, "accept" | "destinations"> | undefined>;
}

/** The functions as they run in Lambda, on the embedded queue. */
export interface Pipeline {
  readonly ingest: AnswerHttpEvent;
  /** Makes requests durable in the queue: for receivers other than the load balancer. */
  readonly accept: Accept;
  readonly limits: SenderLimits;
  /** Whether the pipeline of the functions may ask for the headers that requests came with. */
  readonly keepsMetadata: boolean;
  /** What flush has not delivered yet, parked batches aside: bodies of queue messages. */
  queued(): readonly string[];
  /** The dead letters, as bodies. */
  parked(): readonly string[];
  /** The queues that a replay works on. */
  readonly replaying: { readonly reader: QueueReader; readonly queue: Queue; readonly waitSeconds: number };
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Delivers what is queued until the deadline, then stops. */
  drain(deadlineMs: number): Promise<void>;
}

const flushTimeoutMs = 30_000;
/** In Lambda each request has an environment of its own; here all of them share one process. */
const maxHeldBytes = 256 * 2 ** 20;

/** Builds ingest and flush with local adapters and starts polling for flush. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { sqs, config, senders, emit, openFunctions } = options;
  const leaseSeconds = (flushTimeoutMs * 6) / 1000;
  const queues = openQueues(sqs, leaseSeconds);
  const { queue, reader } = queues;
  const { maxExportBytes: maxBatchBytes } = config;
  const compressedOnce = createCompressOnce(maxBatchBytes);
  const enqueueFor = (destination: string) =>
    compressedOnce(createEnqueue({ queue, destination, clock, emit, maxBatchBytes }));
  const functions = await openFunctions?.(enqueueFor);
  const destinations = functions
    ? eitherDestinations(functions.destinations, options.destinations)
    : options.destinations;
  const limits = createSenderLimits({
    clock,
    memory: { maxBytes: maxHeldBytes, senders: () => [...new Set(senders.map(({ sender }) => sender))] },
  });
  const accept = withBudget(withSenders(functions?.accept ?? enqueueFor(grafanaCloudName), { limits, emit }), {
    budget: createBudget(maxHeldBytes),
    retryAfterMs: 1000,
  });
  const keepsMetadata = functions !== undefined;
  const access = createDestinationAccess({ clock, maxSockets: 8, env: process.env });
  const flush = createLocalFlush();
  const source: EventSource = startEventSource({
    reader,
    leaseSeconds,
    queueArn: queues.arn,
    invoke: flush,
    clock,
    emit,
    newId: randomUUID,
    batchSize: 100,
    // Somebody is looking at a terminal: long enough to merge, too short to notice.
    windowMs: 200,
    timeoutMs: flushTimeoutMs,
    waitSeconds: 1,
  });

  return {
    ingest: createIngest({
      accept,
      emit,
      maxBodyBytes: config.maxRequestBytes,
      ...(config.corsOrigins && { cors: { origins: config.corsOrigins } }),
      auth: () => senders,
      limits,
      keepsMetadata,
    }),
    accept,
    limits,
    keepsMetadata,
    queued: queues.queued,
    parked: queues.parked,
    replaying: { reader: queues.deadLetterReader, queue, waitSeconds: 0 },
    queueUrl: queues.url,
    deadLetterQueueUrl: queues.deadLetterUrl,
    async drain(deadlineMs) {
      await source.drain(deadlineMs);
      access.close();
      queues.close();
    },
  };

  function createLocalFlush(): Flush {
    return createFlush({
      ...deliveryLimits(config),
      queue,
      deadLetters: queues.deadLetters,
      reader,
      destinations,
      transport: access.transport,
      authorize: access.authorize,
      userAgent,
      clock,
      random: Math.random,
      newId: randomUUID,
      emit,
    });
  }
}
