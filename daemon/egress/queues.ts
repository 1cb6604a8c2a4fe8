import { createSqsClient } from "../../shared/aws/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs-queue.ts";
import { grafanaCloudName } from "../../shared/config/destinations.ts";
import type { Config } from "../../shared/config/resolve.ts";
import type { DiskQueue } from "../../shared/node/disk-queue/disk-queue.ts";
import { openStorage, type Storage } from "../../shared/node/disk-queue/storage.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import type { Queue } from "../../shared/queue/queue.ts";
import type { Emit } from "../../shared/telemetry/events.ts";
import { probeQueue } from "../process/probe.ts";

/** Where the daemon puts what it cannot deliver now, and what it never can. */
export interface Queues {
  readonly queue?: Queue;
  readonly deadLetters?: Queue;
  /** Present where the queue is the daemon's own, on the disk: nobody else empties it. */
  readonly own?: { readonly storage: Storage; readonly queue: DiskQueue };
  /** Why the queue cannot be used now; undefined where it can, or where there is none. */
  probe(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Name of the queue of dead letters in the storage path. */
export const deadLettersName = "dead-letters";

/** Opens SQS where it is configured, otherwise the disk queue where there is a storage path. Rejects with a sentence for a person. */
export async function openQueues(config: Config, emit: Emit): Promise<Queues> {
  const { queueUrl, deadLetterQueueUrl, storagePath } = config;
  if (queueUrl) return openSqs(queueUrl, deadLetterQueueUrl);
  if (storagePath) return openDisk(storagePath, config, emit);
  return { probe: async () => undefined, close: async () => {} };
}

function openSqs(queueUrl: string, deadLetterQueueUrl: string | undefined): Queues {
  const client = createSqsClient();
  return {
    queue: createSqsQueue({ client, queueUrl }),
    ...(deadLetterQueueUrl && { deadLetters: createSqsQueue({ client, queueUrl: deadLetterQueueUrl }) }),
    probe: () => probeQueue(queueUrl),
    close: async () => client.destroy(),
  };
}

async function openDisk(path: string, config: Config, emit: Emit): Promise<Queues> {
  const { storageMaxBytes: maxBytes, storageMaxAge: maxAgeMs } = config;
  const opened = await openStorage({ path, maxBytes, maxAgeMs, clock, emit, itemsOf });
  if (opened.kind === "failed") throw new Error(`SLUICE_STORAGE_PATH: ${opened.problem}.`);
  const { storage } = opened;
  const queue = await storage.queue(grafanaCloudName);
  const deadLetters = await storage.queue(deadLettersName);
  return {
    queue,
    deadLetters,
    own: { storage, queue },
    probe: async () => storage.facts().problem,
    close: () => storage.close(),
  };
}

function itemsOf(body: string | Uint8Array): number {
  const decoded = decodeEnvelope(body);
  return decoded.kind === "batch" ? decoded.batch.items : 0;
}
