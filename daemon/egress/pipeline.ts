import { createDestinationAccess } from "../../shared/aws/destination-access.ts";
import type { Accept } from "../../shared/batch/accept.ts";
import type { ConfigStore } from "../../shared/config/config-store.ts";
import { deliveryLimits } from "../../shared/config/delivery-limits.ts";
import { createDestinations, grafanaCloudName, grafanaCloudOf } from "../../shared/config/destinations.ts";
import type { Config } from "../../shared/config/resolve.ts";
import { createSend } from "../../shared/delivery/send.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { probeDestination } from "../process/probe.ts";
import { createEgress, defaultEgressLimits, type EgressLimits, maxConcurrent } from "./egress.ts";
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

/** Beyond the wait for the destination: more than all attempts at the queue may take. */
const stuckAfterMs = 120_000;
/** Longest that a message of the disk queue waits between two attempts: nobody pays for asking, and recovery waits for it. */
const maxOwnRetryMs = 30_000;

/** Builds the way to Grafana Cloud that `SLUICE_DURABLE_IN` asks for, with the adapters of a long-running process. */
export function createPipeline({ store, emit, queues, onAvailability }: PipelineOptions): Pipeline {
  const config = store.current();
  const { durableIn, directTimeout } = config;
  const { queue, deadLetters } = queues;
  if (durableIn === "queue" && !queue) {
    throw new Error("SLUICE_DURABLE_IN is queue, which needs SLUICE_QUEUE_URL or SLUICE_STORAGE_PATH.");
  }
  const random = Math.random;
  const access = createDestinationAccess({ clock, maxSockets: 3 * maxConcurrent, env: process.env });
  const { transport, authorize } = access;
  const destinations = createDestinations({ store, clock, random });
  const egress = createEgress({
    name: grafanaCloudName,
    destinations,
    limits: limitsOf(config),
    ...(queue && { queues: { queue, ...(deadLetters && { deadLetters }) } }),
    durableIn,
    watch: { probe, onChange: onAvailability },
    transport,
    authorize,
    clock,
    random,
    emit,
  });

  return {
    accept: egress.accept,
    problem: egress.problem,
    stuck() {
      const { oldestMs } = egress.load();
      if (oldestMs <= directTimeout + stuckAfterMs) return undefined;
      return `requests have been on their way for ${Math.round(oldestMs / 1000)} s, longer than every timeout together`;
    },
    async drain(spillAfterMs, received) {
      await egress.close(spillAfterMs, received);
      await queues.close();
      access.close();
    },
  };

  async function probe(): Promise<string | undefined> {
    const problems: string[] = [];
    if (durableIn === "destination") {
      const destination = grafanaCloudOf(store.current());
      const send = createSend({ destinations, transport, authorize, clock, userAgent });
      const problem = destination
        ? await probeDestination(destination, { send, emit })
        : "no destination is configured";
      if (problem === undefined) return undefined;
      problems.push(`the destination: ${problem}`);
    }
    if (queue) {
      const problem = await queues.probe();
      if (problem === undefined) return undefined;
      problems.push(`the queue: ${problem}`);
    }
    return problems.join("; ");
  }
}

function limitsOf(config: Config): EgressLimits {
  const { exportTimeoutMs, maxExportBytes, maxExportItems, baseMs, maxMs } = deliveryLimits(config);
  return {
    ...defaultEgressLimits,
    batchItems: config.batchItems,
    batchBytes: config.batchBytes,
    batchDelayMs: config.batchDelay,
    maxExportItems,
    maxExportBytes,
    exportTimeoutMs,
    directWaitMs: config.directTimeout,
    firstRetryMs: baseMs,
    maxRetryMs: maxMs,
    maxOwnRetryMs,
  };
}
