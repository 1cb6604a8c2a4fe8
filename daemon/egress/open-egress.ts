import type { Clock, Random } from "../../shared/clock.ts";
import type { Authorize } from "../../shared/delivery/auth.ts";
import type { Transport } from "../../shared/delivery/transport.ts";
import { deadLettersName } from "../../shared/node/disk-queue/control.ts";
import type { Storage } from "../../shared/node/disk-queue/storage.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { createEgress, type Egress, type EgressLimits } from "./egress.ts";
import type { OneDestination } from "./one-destination.ts";

/** What an exporter says of its destination. */
export interface EgressOrder {
  /** The exporter's id: the name of the destination, and of its queue. */
  readonly name: string;
  readonly destinations: OneDestination;
  readonly limits: EgressLimits;
  /** Whether what the destination does not take is queued. */
  readonly usesQueue: boolean;
  readonly emit: Emit;
}

/** Opens the way to one destination. Rejects with a sentence for a person. */
export type OpenEgress = (order: EgressOrder) => Promise<Pick<Egress, "accept" | "close">>;

/** What the destinations of a process share. */
export interface OpenEgressOptions {
  readonly storage: Pick<Storage, "queue">;
  readonly transport: Transport;
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly random: Random;
}

/** Opens the ways of a long-running process: to the destination first, to a queue on the disk where that does not work. */
export function createOpenEgress({ storage, ...shared }: OpenEgressOptions): OpenEgress {
  return async ({ usesQueue, ...order }) => {
    if (!usesQueue) return createEgress({ ...shared, ...order });
    const [queue, deadLetters] = await Promise.all([storage.queue(order.name), storage.queue(deadLettersName)]);
    return createEgress({ ...shared, ...order, queues: { queue, deadLetters } });
  };
}
