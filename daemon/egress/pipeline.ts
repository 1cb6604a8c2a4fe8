import { randomUUID } from "node:crypto";
import { createDestinationAccess } from "../../shared/aws/destination-access.ts";
import type { Accept } from "../../shared/batch/accept.ts";
import { createDirectCommit } from "../../shared/commit/direct-commit.ts";
import { type Commit, createGroupCommit } from "../../shared/commit/group-commit.ts";
import { createQueueCommit } from "../../shared/commit/queue-commit.ts";
import { createToDeadLetters } from "../../shared/commit/to-dead-letters.ts";
import type { ConfigStore } from "../../shared/config/config-store.ts";
import { deliveryLimits } from "../../shared/config/delivery-limits.ts";
import { createDestinations, grafanaCloudName, grafanaCloudOf } from "../../shared/config/destinations.ts";
import { createDeliver } from "../../shared/delivery/deliver.ts";
import { createRetryingDeliver } from "../../shared/delivery/retry.ts";
import { createSend } from "../../shared/delivery/send.ts";
import { createDeliverMessages } from "../../shared/drain/deliver-messages.ts";
import { type Drain, startDrain } from "../../shared/drain/drain.ts";
import type { DiskQueue } from "../../shared/node/disk-queue/disk-queue.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import type { Emit } from "../../shared/telemetry/events.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { createAvailability } from "../process/availability.ts";
import { probeDestination } from "../process/probe.ts";
import type { Queues } from "./queues.ts";

export interface PipelineOptions {
  readonly store: ConfigStore;
  readonly emit: Emit;
  readonly queues: Queues;
  readonly onAvailability: (problem: string | undefined) => void;
}

/** The way of a request from the receivers to where it is durable. */
export interface Pipeline {
  readonly accept: Accept;
  /** Why requests cannot be made durable now; undefined when they can. */
  problem(): string | undefined;
  /**
   * Groups wait for company no longer. After `spillAfterMs` what is still under way to the destination is spilled; when
   * `received` settles nothing more is taken, and when all that was is durable, or answered, this resolves.
   */
  drain(spillAfterMs: number, received: Promise<unknown>): Promise<void>;
  /** Why this program no longer works, whatever the destination does; undefined when it does. */
  stuck(): string | undefined;
}

/** Groups of one signal on their way at once, and so exports: what is slow is gathered instead. */
const maxConcurrent = 8;
/** A gzip request of this size is sent on as it came: compressing it again costs ten times what an export costs. */
const passBytes = 64 * 1024;
/** A destination that is down for longer than this is not waited for where there is a queue to spill to. */
const maxPauseMs = 1000;
/** Beyond the wait for the destination: more than all attempts at the queue may take. */
const stuckAfterMs = 120_000;
/** Of the time that clients wait for the destination: what one attempt may use, so that there can be another one. */
const attemptShare = 0.8;

/** Longest that a message of the disk queue waits between two attempts: nobody pays for asking, and recovery waits for it. */
const maxOwnRetryMs = 30_000;

/** Builds the pipeline that `SLUICE_DURABLE_IN` asks for, with the adapters of a long-running process. */
export function createPipeline({ store, emit, queues, onAvailability }: PipelineOptions): Pipeline {
  const config = store.current();
  const random = Math.random;
  const stop = new AbortController();
  const access = createDestinationAccess({ clock, maxSockets: 3 * maxConcurrent, env: process.env });
  const destinations = createDestinations({ store, clock, random });
  const toQueue = queueCommit();
  const exporting = { destinations, transport: access.transport, authorize: access.authorize, clock, userAgent };
  const direct = config.durableIn === "destination" ? directCommit() : undefined;
  const commit = direct ?? toQueue;
  if (!commit) throw new Error("SLUICE_DURABLE_IN is queue, which needs SLUICE_QUEUE_URL or SLUICE_STORAGE_PATH.");

  const availability = createAvailability({ commit, probe, clock, onChange: onAvailability });
  const { batchBytes: maxBytes, batchItems: maxItems, batchDelay: maxDelayMs } = config;
  const limits = { maxBytes, maxItems, maxDelayMs, maxConcurrent, passBytes };
  const groups = createGroupCommit({ commit: availability.commit, clock, ...limits });
  void availability.watch(stop.signal);
  const drain = queues.own && drainOwn(queues.own.queue);

  return {
    accept: groups.accept,
    problem: availability.problem,
    stuck() {
      const { oldestMs } = groups.load();
      if (oldestMs <= config.directTimeout + stuckAfterMs) return undefined;
      return `requests have been on their way for ${Math.round(oldestMs / 1000)} s, longer than every timeout together`;
    },
    async drain(spillAfterMs, received) {
      const spilling = setTimeout(() => stop.abort(), spillAfterMs);
      groups.hurry();
      await received;
      await groups.close();
      clearTimeout(spilling);
      stop.abort();
      await drain?.stop();
      await queues.close();
      access.close();
    },
  };

  function queueCommit(): Commit | undefined {
    const { queue } = queues;
    if (!queue) return undefined;
    const { maxExportBytes: maxBatchBytes } = config;
    const isDetour = config.durableIn === "destination";
    const options = { queue, destination: grafanaCloudName, clock, emit, maxBatchBytes, isDetour };
    return createQueueCommit(createEnqueue(options), queue.messageLimit);
  }

  function directCommit(): Commit {
    const exportTimeoutMs = Math.min(config.exportTimeout, config.directTimeout * attemptShare);
    const deliver = createRetryingDeliver({
      deliver: createDeliver({ ...exporting, ...deliveryLimits(config), exportTimeoutMs, random, emit }),
      clock,
      random,
      waitMs: config.directTimeout,
      maxPauseMs: toQueue ? maxPauseMs : config.directTimeout,
      stop: stop.signal,
    });
    const { deadLetters } = queues;
    const toDeadLetters = deadLetters && createToDeadLetters({ deadLetters, clock, newId: randomUUID, emit });
    return createDirectCommit({
      deliver,
      destination: grafanaCloudName,
      clock,
      emit,
      ...(toQueue && { spill: toQueue }),
      ...(toDeadLetters && { toDeadLetters }),
    });
  }

  /** What flush is to SQS: the daemon delivers what is in its own queue. */
  function drainOwn(own: DiskQueue): Drain {
    const limits = deliveryLimits(config);
    const deliverMessages = createDeliverMessages({
      ...exporting,
      ...limits,
      maxMs: Math.min(limits.maxMs, maxOwnRetryMs),
      passBytes,
      queue: own,
      deadLetters: queues.deadLetters ?? own,
      reader: own,
      renews: false,
      random,
      newId: randomUUID,
      emit,
    });
    return startDrain({ reader: own, deliverMessages, clock, emit });
  }

  async function probe(): Promise<string | undefined> {
    const problems: string[] = [];
    if (direct) {
      const destination = grafanaCloudOf(store.current());
      const send = createSend(exporting);
      const problem = destination
        ? await probeDestination(destination, { send, emit })
        : "no destination is configured";
      if (problem === undefined) return undefined;
      problems.push(`the destination: ${problem}`);
    }
    if (queues.queue) {
      const problem = await queues.probe();
      if (problem === undefined) return undefined;
      problems.push(`the queue: ${problem}`);
    }
    return problems.join("; ");
  }
}
