import { createDestinationAccess } from "../../shared/aws/destination-access.ts";
import type { Target } from "../../shared/commit/fan-out.ts";
import type { ConfigStore } from "../../shared/config/config-store.ts";
import { namedDestinations, resolveDestination } from "../../shared/config/destination-settings.ts";
import type { Destination } from "../../shared/delivery/destination.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { createTextFiles } from "../../shared/node/text-files.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { createEgress, type DestinationQueues, defaultEgressLimits } from "./egress.ts";
import { createOneDestination } from "./one-destination.ts";
import type { Queues } from "./queues.ts";

/** The ways to the destinations that `SLUICE_DESTINATIONS` names, each with its own queue, circuits and retries. */
export interface FurtherDestinations {
  /** By the name of the destination. */
  readonly targets: ReadonlyMap<string, Target>;
  /** `received`: nothing more is taken from then on. */
  close(spillAfterMs: number, received: Promise<unknown>): Promise<void>;
}

const maxSockets = 24;

/** Builds them. Rejects where a queue cannot be opened. */
export async function openFurtherDestinations(
  store: ConfigStore,
  queues: Queues,
  emit: Emit,
): Promise<FurtherDestinations> {
  const config = store.current();
  const readText = createTextFiles({ monotonic: () => performance.now() });
  const lastRead = new Map<string, Destination>();
  const access = createDestinationAccess({ clock, maxSockets, env: process.env });
  const limits = {
    ...defaultEgressLimits,
    batchItems: config.batchItems,
    batchBytes: config.batchBytes,
    batchDelayMs: config.batchDelay,
    maxExportItems: config.maxExportItems,
    maxExportBytes: config.maxExportBytes,
    exportTimeoutMs: config.exportTimeout,
    directWaitMs: config.directTimeout,
    maxRetryMs: Math.min(config.maxRetryDelay, defaultEgressLimits.maxRetryMs),
  };
  // A file that cannot be read is reported at the start.
  for (const { name } of namedDestinations(config.destinations)) read(name);
  const egresses = await Promise.all(
    namedDestinations(config.destinations).map(async ({ name, signals }) => {
      const own = await queuesOf(name);
      const egress = createEgress({
        name,
        destinations: createOneDestination(() => read(name)),
        limits,
        ...(own && { queues: own }),
        ...access,
        clock,
        random: Math.random,
        emit,
      });
      return { name, egress, signals };
    }),
  );

  return {
    targets: new Map(egresses.map(({ name, egress, signals }) => [name, { accept: egress.accept, signals }])),
    async close(spillAfterMs, received) {
      await Promise.all(egresses.map(({ egress }) => egress.close(spillAfterMs, received)));
      access.close();
    },
  };

  function read(name: string) {
    const { destination, problems } = resolveDestination(name, store.destinationTexts(), readText);
    if (destination) {
      lastRead.set(name, destination);
      return destination;
    }
    // The store takes no settings in which it is missing: a file has become unreadable.
    const before = lastRead.get(name);
    if (!before) throw new Error(problems.join(" "));
    return before;
  }

  async function queuesOf(name: string): Promise<DestinationQueues | undefined> {
    const { queue, deadLetters, own } = queues;
    if (!deadLetters) return undefined;
    if (own) return { queue: await own.storage.queue(name), deadLetters };
    return queue && { queue, deadLetters };
  }
}
