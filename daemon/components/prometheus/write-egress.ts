import type { Destination } from "../../../shared/delivery/destination.ts";
import { deadLettersName } from "../../../shared/node/disk-queue/control.ts";
import type { DiskQueue } from "../../../shared/node/disk-queue/disk-queue.ts";
import type { Emit } from "../../../shared/telemetry/events/events.ts";
import { userAgent } from "../../../shared/user-agent.ts";
import type { ComponentContext } from "../../controller/component.ts";
import { type OrderedEgress, startOrderedEgress } from "../../egress/ordered-egress.ts";
import { authorizeService, storageService, transportService } from "../../egress/services.ts";
import type { EndpointArgs } from "./write-arguments.ts";

export interface WriteEgressOptions {
  /** Of the queue on the disk. */
  readonly name: string;
  readonly endpoint: EndpointArgs;
  readonly destination: () => Destination;
  readonly maxShards: number;
  /** Told what becomes of exports. */
  readonly emit: Emit;
  readonly context: Pick<ComponentContext<unknown>, "clock" | "random" | "service" | "setHealth">;
}

const maxExportBytes = 4 * 2 ** 20;
const initialRetryMs = 250;
/** Connections to one destination. */
const maxRequests = 24;

/** Opens the queue of an endpoint and starts to deliver from it. */
export async function openWriteEgress(
  options: WriteEgressOptions,
): Promise<{ readonly egress: OrderedEgress; readonly queue: DiskQueue }> {
  const { name, endpoint, destination, maxShards, emit, context } = options;
  const storage = context.service(storageService);
  const queue = await storage.queue(name);
  const egress = startOrderedEgress({
    destinations: { candidates: () => [destination()], refused: async () => {} },
    queue,
    deadLetters: await storage.queue(deadLettersName),
    transport: context.service(transportService),
    authorize: context.service(authorizeService),
    clock: context.clock,
    random: context.random,
    userAgent,
    emit,
    onProblem: (problem) => context.setHealth(problem === undefined ? "healthy" : "unhealthy", problem ?? ""),
    exportTimeoutMs: endpoint.remote_timeout,
    baseMs: initialRetryMs,
    maxMs: Math.max(1_000, endpoint.queue_config.max_backoff),
    maxExportBytes: maxExportBytes,
    maxExportItems: endpoint.queue_config.max_samples_per_send,
    concurrency: Math.min(maxRequests, Math.max(4, maxShards)),
  });
  return { egress, queue };
}
