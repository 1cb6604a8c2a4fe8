import { randomUUID } from "node:crypto";
import type { Accept } from "../../shared/batch/accept.ts";
import type { Clock, Random } from "../../shared/clock.ts";
import { createDirectCommit } from "../../shared/commit/direct-commit.ts";
import { type Commit, createGroupCommit, type GroupCommit } from "../../shared/commit/group-commit.ts";
import { createQueueCommit } from "../../shared/commit/queue-commit.ts";
import { createToDeadLetters } from "../../shared/commit/to-dead-letters.ts";
import type { Authorize } from "../../shared/delivery/auth.ts";
import { createDeliver } from "../../shared/delivery/deliver.ts";
import type { Destinations } from "../../shared/delivery/destination.ts";
import { createRetryingDeliver } from "../../shared/delivery/retry.ts";
import type { Transport } from "../../shared/delivery/transport.ts";
import { createDeliverMessages, type DeliverMessagesOptions } from "../../shared/drain/deliver-messages.ts";
import { type Drain, startDrain } from "../../shared/drain/drain.ts";
import type { DiskQueue } from "../../shared/node/disk-queue/disk-queue.ts";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import type { Queue } from "../../shared/queue/queue.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { type AvailabilityOptions, createAvailability } from "../process/availability.ts";

/** Sizes in bytes of uncompressed protobuf, times in milliseconds. */
export interface EgressLimits {
  /** A group is sent when it has this many items, or when its oldest request is this old. */
  readonly batchItems: number;
  readonly batchBytes: number;
  readonly batchDelayMs: number;
  /** A gzip request of this size is sent on as it came: compressing it again costs ten times what an export costs. */
  readonly passBytes: number;
  /** Most of one export. */
  readonly maxExportItems: number;
  readonly maxExportBytes: number;
  /** Most time of one export. */
  readonly exportTimeoutMs: number;
  /** How long a client waits for the destination before what it sent is queued. */
  readonly directWaitMs: number;
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** Longest that a message of the own queue waits between two attempts; default `maxRetryMs`. */
  readonly maxOwnRetryMs?: number;
}

/** The queue of one destination, and where what it refuses for good goes. */
export interface DestinationQueues {
  /** Emptied by the egress where it can be read; SQS is emptied by the flush function. */
  readonly queue: Queue | DiskQueue;
  /** Absent: the client learns what is refused. The own queue needs one. */
  readonly deadLetters?: Queue;
}

export interface EgressOptions {
  /** Name of the destination. */
  readonly name: string;
  readonly destinations: Destinations;
  readonly limits: EgressLimits;
  /** Absent: what the destination does not take is refused to its client, to be sent again. */
  readonly queues?: DestinationQueues;
  /** `queue`: everything goes through it. Default: the destination, and the queue while that takes nothing. */
  readonly durableIn?: "destination" | "queue";
  /** Whether requests can be made durable is watched, for `problem()`. */
  readonly watch?: Pick<AvailabilityOptions, "probe" | "onChange">;
  readonly transport: Transport;
  readonly authorize?: Authorize;
  readonly clock: Clock;
  readonly random: Random;
  /** Makes the ids of dead letters; default: random ones. */
  readonly newId?: () => string;
  readonly emit: Emit;
}

/** The way to one destination: accept, group, deliver, or spill to its queue and deliver from there. */
export interface Egress {
  readonly accept: Accept;
  /** What is held now, and for how long the oldest group has been on its way. */
  load(): ReturnType<GroupCommit["load"]>;
  /** Why requests cannot be made durable now; undefined when they can, or when nobody watches. */
  problem(): string | undefined;
  /**
   * Groups wait for company no longer, and what is under way to the destination gets `spillAfterMs`, then it is spilled. Once
   * `received` settles nothing more is taken; resolves when all that was is durable or answered and nothing reads the queue.
   */
  close(spillAfterMs: number, received?: Promise<unknown>): Promise<void>;
}

/** Limits as the daemon's settings have them. */
export const defaultEgressLimits: EgressLimits = {
  batchItems: 8192,
  batchBytes: 4 * 2 ** 20,
  batchDelayMs: 200,
  passBytes: 64 * 1024,
  maxExportItems: 20_000,
  maxExportBytes: 4 * 2 ** 20,
  exportTimeoutMs: 15_000,
  directWaitMs: 5000,
  firstRetryMs: 5000,
  maxRetryMs: 30_000,
};

/** Groups of one signal on their way at once, and so exports: what is slow is gathered instead. */
export const maxConcurrent = 8;
/** A destination that is down for longer than this is not waited for where there is a queue. */
const maxPauseMs = 1000;
/** Of the time that clients wait: what one attempt may use, so that there can be another one. */
const attemptShare = 0.8;

/** Builds the way to one destination and begins to deliver what its queue holds. Throws where `durableIn` lacks its queue. */
export function createEgress(options: EgressOptions): Egress {
  const { name, destinations, limits, queues, transport, authorize, clock, random, emit } = options;
  const { durableIn = "destination", watch, newId = randomUUID } = options;
  const stop = new AbortController();
  const exporting = { destinations, transport, clock, userAgent, ...(authorize && { authorize }) };
  const delivery = {
    ...exporting,
    maxExportBytes: limits.maxExportBytes,
    maxExportItems: limits.maxExportItems,
    baseMs: Math.min(limits.firstRetryMs, limits.maxRetryMs),
    maxMs: limits.maxRetryMs,
    random,
    emit,
  };
  const toQueue = queues && queueCommit(queues);
  const commit = durableIn === "destination" ? directCommit() : toQueue;
  if (!commit) throw new Error("What is to be durable in the queue needs a queue.");
  const availability = watch && createAvailability({ commit, clock, ...watch });
  void availability?.watch(stop.signal);
  const groups = createGroupCommit({
    commit: availability?.commit ?? commit,
    clock,
    maxBytes: limits.batchBytes,
    maxItems: limits.batchItems,
    maxDelayMs: limits.batchDelayMs,
    maxConcurrent,
    passBytes: limits.passBytes,
  });
  const { queue: own, deadLetters } = queues ?? {};
  const drain =
    own && "receive" in own && deadLetters ? drainQueue(own, deadLetters, { ...delivery, limits, newId }) : undefined;

  return {
    accept: groups.accept,
    load: groups.load,
    problem: () => availability?.problem(),
    async close(spillAfterMs, received) {
      groups.hurry();
      const over = new AbortController();
      void clock.sleep(spillAfterMs, over.signal).then(() => stop.abort());
      await received;
      await groups.close();
      over.abort();
      stop.abort();
      await drain?.stop();
    },
  };

  function queueCommit({ queue }: DestinationQueues): Commit {
    const { maxExportBytes: maxBatchBytes } = limits;
    const isDetour = durableIn === "destination";
    const enqueue = createEnqueue({ queue, destination: name, clock, emit, maxBatchBytes, isDetour });
    return createQueueCommit(enqueue, queue.messageLimit);
  }

  function directCommit(): Commit {
    const { directWaitMs } = limits;
    const deliver = createRetryingDeliver({
      deliver: createDeliver({
        ...delivery,
        exportTimeoutMs: Math.min(limits.exportTimeoutMs, directWaitMs * attemptShare),
      }),
      clock,
      random,
      waitMs: directWaitMs,
      maxPauseMs: toQueue ? maxPauseMs : directWaitMs,
      stop: stop.signal,
    });
    const toDeadLetters =
      queues?.deadLetters && createToDeadLetters({ deadLetters: queues.deadLetters, clock, newId, emit });
    return createDirectCommit({
      deliver,
      destination: name,
      clock,
      emit,
      ...(toQueue && { spill: toQueue }),
      ...(toDeadLetters && { toDeadLetters }),
    });
  }
}

type DrainOptions = Omit<
  DeliverMessagesOptions,
  "queue" | "deadLetters" | "reader" | "exportTimeoutMs" | "passBytes"
> & {
  readonly limits: EgressLimits;
};

/** What flush is to SQS: the daemon delivers what is in its own queue. */
function drainQueue(queue: DiskQueue, deadLetters: Queue, { limits, newId, ...delivery }: DrainOptions): Drain {
  const { exportTimeoutMs, passBytes, maxRetryMs, maxOwnRetryMs = maxRetryMs } = limits;
  const deliverMessages = createDeliverMessages({
    ...delivery,
    maxMs: Math.min(maxRetryMs, maxOwnRetryMs),
    exportTimeoutMs,
    passBytes,
    queue,
    deadLetters,
    reader: queue,
    renews: false,
    newId,
  });
  return startDrain({ reader: queue, deliverMessages, clock: delivery.clock, emit: delivery.emit });
}
