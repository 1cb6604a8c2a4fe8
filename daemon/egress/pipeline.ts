import { randomUUID } from "node:crypto";
import { createSqsClient } from "../../shared/aws/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs-queue.ts";
import type { Sink } from "../../shared/batch/accept.ts";
import { createDirectCommit } from "../../shared/commit/direct-commit.ts";
import { type Commit, createGroupCommit } from "../../shared/commit/group-commit.ts";
import { createPark } from "../../shared/commit/park.ts";
import { createQueueCommit } from "../../shared/commit/queue-commit.ts";
import type { ConfigStore } from "../../shared/config/config-store.ts";
import { deliveryLimits } from "../../shared/config/delivery-limits.ts";
import { createDestinations, grafanaCloudName, grafanaCloudOf } from "../../shared/config/destinations.ts";
import { createDeliver } from "../../shared/delivery/deliver.ts";
import { createPatientDeliver } from "../../shared/delivery/retry.ts";
import { createSend } from "../../shared/delivery/send.ts";
import { createHttpTransport } from "../../shared/node/http-transport.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { createQueueSink } from "../../shared/queue/queue-sink.ts";
import type { Emit } from "../../shared/telemetry/events.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { createAvailability } from "../process/availability.ts";
import { probeDestination, probeQueue } from "../process/probe.ts";

export interface PipelineOptions {
  readonly store: ConfigStore;
  readonly emit: Emit;
  readonly onAvailability: (problem: string | undefined) => void;
}

/** The way of a request from the receivers to where it is durable. */
export interface Pipeline {
  readonly sink: Sink;
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

/** Builds the pipeline that `SLUICE_SINK` asks for, with the adapters of a long-running process. */
export function createPipeline({ store, emit, onAvailability }: PipelineOptions): Pipeline {
  const config = store.current();
  const random = Math.random;
  const stop = new AbortController();
  const transport = createHttpTransport({ maxSockets: 3 * maxConcurrent });
  const destinations = createDestinations({ store, clock, random });
  const client = config.queueUrl ? createSqsClient() : undefined;
  const toQueue = queueCommit();
  const exporting = { destinations, transport, clock, userAgent };
  const direct = config.sink === "direct" ? directCommit() : undefined;
  const commit = direct ?? toQueue;
  if (!commit) throw new Error("SLUICE_SINK is queue, which needs SLUICE_QUEUE_URL.");

  const availability = createAvailability({ commit, probe, clock, onChange: onAvailability });
  const { batchBytes: maxBytes, batchItems: maxItems, batchDelay: maxDelayMs } = config;
  const limits = { maxBytes, maxItems, maxDelayMs, maxConcurrent, passBytes };
  const groups = createGroupCommit({ commit: availability.commit, clock, ...limits });
  void availability.watch(stop.signal);

  return {
    sink: groups,
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
      transport.close();
      client?.destroy();
    },
  };

  function queueCommit(): Commit | undefined {
    if (!client || !config.queueUrl) return undefined;
    const queue = createSqsQueue({ client, queueUrl: config.queueUrl });
    const { maxExportBytes: maxBatchBytes } = config;
    return createQueueCommit(createQueueSink({ queue, destination: grafanaCloudName, clock, emit, maxBatchBytes }));
  }

  function directCommit(): Commit {
    const exportTimeoutMs = Math.min(config.exportTimeout, config.directTimeout * attemptShare);
    const deliver = createPatientDeliver({
      deliver: createDeliver({ ...exporting, ...deliveryLimits(config), exportTimeoutMs, random, emit }),
      clock,
      random,
      waitMs: config.directTimeout,
      maxPauseMs: toQueue ? maxPauseMs : config.directTimeout,
      stop: stop.signal,
    });
    const { deadLetterQueueUrl: queueUrl } = config;
    const deadLetters = client && queueUrl ? createSqsQueue({ client, queueUrl }) : undefined;
    const park = deadLetters && createPark({ deadLetters, clock, newId: randomUUID, emit });
    return createDirectCommit({
      deliver,
      destination: grafanaCloudName,
      clock,
      emit,
      ...(toQueue && { spill: toQueue }),
      ...(park && { park }),
    });
  }

  async function probe(): Promise<string | undefined> {
    const problems: string[] = [];
    if (direct) {
      const destination = grafanaCloudOf(store.current());
      const send = createSend(exporting);
      const problem = destination ? await probeDestination(send, destination) : "no destination is configured";
      if (problem === undefined) return undefined;
      problems.push(`the destination: ${problem}`);
    }
    if (config.queueUrl) {
      const problem = await probeQueue(config.queueUrl);
      if (problem === undefined) return undefined;
      problems.push(`the queue: ${problem}`);
    }
    return problems.join("; ");
  }
}
