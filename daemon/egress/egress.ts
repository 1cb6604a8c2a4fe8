import { randomUUID } from "node:crypto";
import type { Accept } from "../../shared/batch/accept.ts";
import type { Clock, Random } from "../../shared/clock.ts";
import { createDirectCommit } from "../../shared/commit/direct-commit.ts";
import { type Commit, createGroupCommit, type GroupCommit } from "../../shared/commit/group-commit.ts";
import { createQueueCommit } from "../../shared/commit/queue-commit.ts";
import { createToDeadLetters } from "../../shared/commit/to-dead-letters.ts";
import type { Authorize } from "../../shared/delivery/auth.ts";
import { createDeliver } from "../../shared/delivery/deliver.ts";
import { createRetryingDeliver } from "../../shared/delivery/retry.ts";
import type { Transport } from "../../shared/delivery/transport.ts";
import { createDeliverMessages } from "../../shared/drain/deliver-messages.ts";
import { type Drain, startDrain } from "../../shared/drain/drain.ts";
import type { DiskQueue } from "../../shared/node/disk-queue/disk-queue.ts";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import type { Queue } from "../../shared/queue/queue.ts";
import type { Emit } from "../../shared/telemetry/events.ts";
import { userAgent } from "../../shared/user-agent.ts";
import type { OneDestination } from "./one-destination.ts";

/** Sizes in bytes of uncompressed protobuf, times in milliseconds. */
export interface EgressLimits {
  /** A group is sent when it has this many items, or when its oldest request is this old. */
  readonly batchItems: number;
  readonly batchBytes: number;
  readonly batchDelayMs: number;
  /** Most of one export. */
  readonly maxExportItems: number;
  readonly maxExportBytes: number;
  /** Most time of one export. */
  readonly exportTimeoutMs: number;
  /** How long a client waits for the destination before what it sent is queued. */
  readonly directWaitMs: number;
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
}

/** The queue of one destination, and where what it refuses for good goes. */
export interface DestinationQueues {
  /** Emptied by the egress where it can be read; SQS is emptied by the flush function. */
  readonly queue: Queue | DiskQueue;
  readonly deadLetters: Queue;
}

export interface EgressOptions {
  /** Name of the destination. */
  readonly name: string;
  readonly destinations: OneDestination;
  readonly limits: EgressLimits;
  /** Absent: what the destination does not take is refused to its client, to be sent again. */
  readonly queues?: DestinationQueues;
  readonly transport: Transport;
  readonly authorize?: Authorize;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
}

/** The way to one destination: accept, group, deliver, or spill to its queue and deliver from there. */
export interface Egress {
  readonly accept: Accept;
  /** What is held now, and for how long the oldest group has been on its way. */
  load(): ReturnType<GroupCommit["load"]>;
  /**
   * Takes nothing more. What is under way to the destination gets `spillAfterMs`, then it is spilled; resolves when all that
   * was taken is durable or answered and nothing reads the queue any more.
   */
  close(spillAfterMs: number): Promise<void>;
}

/** Limits as the daemon's settings have them. */
export const defaultEgressLimits: EgressLimits = {
  batchItems: 8192,
  batchBytes: 4 * 2 ** 20,
  batchDelayMs: 200,
  maxExportItems: 20_000,
  maxExportBytes: 4 * 2 ** 20,
  exportTimeoutMs: 15_000,
  directWaitMs: 5000,
  firstRetryMs: 5000,
  maxRetryMs: 30_000,
};

const maxConcurrent = 8;
/** A gzip request of this size is sent on as it came: compressing it again costs ten times what an export costs. */
const passBytes = 64 * 1024;
/** A destination that is down for longer than this is not waited for where there is a queue. */
const maxPauseMs = 1000;
/** Of the time that clients wait: what one attempt may use, so that there can be another one. */
const attemptShare = 0.8;

/** Builds the way to one destination and begins to deliver what its queue holds. */
export function createEgress(options: EgressOptions): Egress {
  const { name, destinations, limits, queues, transport, authorize, clock, random, emit } = options;
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
  const commit = directCommit();
  const groups = createGroupCommit({
    commit,
    clock,
    maxBytes: limits.batchBytes,
    maxItems: limits.batchItems,
    maxDelayMs: limits.batchDelayMs,
    maxConcurrent,
    passBytes,
  });
  const drain = queues && "receive" in queues.queue ? drainQueue(queues.queue, queues.deadLetters) : undefined;

  return {
    accept: groups.accept,
    load: groups.load,
    async close(spillAfterMs) {
      groups.hurry();
      const over = new AbortController();
      void clock.sleep(spillAfterMs, over.signal).then(() => stop.abort());
      await groups.close();
      over.abort();
      stop.abort();
      await drain?.stop();
    },
  };

  function queueCommit({ queue }: DestinationQueues): Commit {
    const { maxExportBytes: maxBatchBytes } = limits;
    return createQueueCommit(createEnqueue({ queue, destination: name, clock, emit, maxBatchBytes, isDetour: true }));
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
      queues && createToDeadLetters({ deadLetters: queues.deadLetters, clock, newId: randomUUID, emit });
    return createDirectCommit({
      deliver,
      destination: name,
      clock,
      emit,
      ...(toQueue && { spill: toQueue }),
      ...(toDeadLetters && { toDeadLetters }),
    });
  }

  function drainQueue(queue: DiskQueue, deadLetters: Queue): Drain {
    const deliverMessages = createDeliverMessages({
      ...delivery,
      exportTimeoutMs: limits.exportTimeoutMs,
      passBytes,
      queue,
      deadLetters,
      reader: queue,
      renews: false,
      newId: randomUUID,
    });
    return startDrain({ reader: queue, deliverMessages, clock, emit });
  }
}
