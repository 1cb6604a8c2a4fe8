import { grafanaCloudName } from "../../shared/config/destinations.ts";
import type { Config } from "../../shared/config/resolve.ts";
import { deadLettersName } from "../../shared/node/disk-queue/control.ts";
import type { DiskQueue } from "../../shared/node/disk-queue/disk-queue.ts";
import type { Storage } from "../../shared/node/disk-queue/storage.ts";
import { maxMessageBytes } from "../../shared/queue/envelope.ts";
import type { Queue } from "../../shared/queue/queue.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
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

/**
 * Opens SQS where it is configured, otherwise the disk queue where there is a storage path, and loads what that needs: nothing where
 * there is neither. Rejects with a sentence for a person.
 */
export async function openQueues(config: Config, emit: Emit): Promise<Queues> {
  const { queueUrl, deadLetterQueueUrl, storagePath } = config;
  if (queueUrl) return openSqs(queueUrl, deadLetterQueueUrl, emit);
  if (storagePath) return openDisk(storagePath, config, emit);
  return { probe: async () => undefined, close: async () => {} };
}

async function openSqs(queueUrl: string, deadLetterQueueUrl: string | undefined, emit: Emit): Promise<Queues> {
  const [{ createSqsClient }, { createSqsQueue }] = await Promise.all([
    import("../../shared/aws/sqs/sqs-client.ts"),
    import("../../shared/aws/sqs/sqs-queue.ts"),
  ]);
  const client = createSqsClient();
  const queue = createSqsQueue({ client, queueUrl });
  void queue.readLimit().then((limit) => {
    if (limit >= maxMessageBytes) return;
    const reason = `the queue takes messages up to ${limit} bytes: larger records cannot wait in it`;
    emit("queue.failed", { operation: "limit", reason });
  });
  return {
    queue,
    ...(deadLetterQueueUrl && { deadLetters: createSqsQueue({ client, queueUrl: deadLetterQueueUrl }) }),
    probe: () => probeQueue(queueUrl),
    close: async () => client.destroy(),
  };
}

async function openDisk(path: string, config: Config, emit: Emit): Promise<Queues> {
  const { storageMaxBytes: maxBytes, storageMaxAge: maxAgeMs } = config;
  const { openDaemonStorage } = await import("./open-storage.ts");
  const storage = await openDaemonStorage({ path, maxBytes, maxAgeMs, emit, setting: "SLUICE_STORAGE_PATH" });
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
