import { randomUUID } from "node:crypto";
import type { SQSRecord } from "aws-lambda";
import { createFlush } from "../../../functions/flush.ts";
import { grafanaCloudDestination } from "../../../shared/config/destinations.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import type { Queue } from "../../../shared/queue/queue.ts";
import { secret } from "../../../shared/secret.ts";
import { userAgent } from "../../../shared/user-agent.ts";
import type { OtlpClient } from "../clients/otlp-clients.ts";
import { type FakeGrafana, startFakeGrafana } from "../destination/fake-grafana.ts";
import { type QueueProcess, startQueueProcess } from "../queue/queue-process.ts";
import { type DaemonProcess, type DaemonProcessOptions, startDaemonProcess } from "./daemon.ts";

/** A destination, a queue and a ledger, around daemons that come and go. */
export interface DaemonWorld {
  readonly grafana: FakeGrafana;
  readonly queue: QueueProcess;
  start(env?: Readonly<Record<string, string>>, options?: Omit<DaemonProcessOptions, "env">): Promise<DaemonProcess>;
  /** Names that a client was told are taken. */
  readonly acknowledged: Set<string>;
  /** Lets clients send one request after the other until `abort`; what fails is left. */
  load(clients: readonly OtlpClient[], abort: AbortSignal, pauseMs?: number): Promise<void>;
  /** Runs the flush function over what is in the queue. */
  flush(): Promise<void>;
  /** Acknowledged names that the destination has not taken. */
  missing(): string[];
  close(): Promise<void>;
}

const itemsPerRequest = 20;
let serial = 0;

/** Builds the world; its daemons know where destination and queue are. */
export async function createDaemonWorld(): Promise<DaemonWorld> {
  const [grafana, queue] = await Promise.all([startFakeGrafana(), startQueueProcess()]);
  const acknowledged = new Set<string>();
  const daemons: DaemonProcess[] = [];
  const account = {
    GRAFANA_CLOUD_OTLP_ENDPOINT: grafana.endpoint,
    GRAFANA_CLOUD_INSTANCE_ID: grafana.instanceId,
    GRAFANA_CLOUD_API_KEY: grafana.apiKey,
  };
  const queues = {
    SLUICE_QUEUE_URL: queue.queueUrl,
    SLUICE_DEAD_LETTER_QUEUE_URL: queue.deadLetterQueueUrl,
    AWS_ENDPOINT_URL_SQS: new URL(queue.queueUrl).origin,
  };

  async function send(client: OtlpClient): Promise<void> {
    const names = Array.from({ length: itemsPerRequest }, () => `item-${++serial}`);
    if (await client.send(names)) for (const name of names) acknowledged.add(name);
  }

  return {
    grafana,
    queue,
    acknowledged,
    async start(env = {}, options = {}) {
      const daemon = await startDaemonProcess({ ...options, env: { ...account, ...queues, ...env } });
      daemons.push(daemon);
      return daemon;
    },
    async load(clients, abort, pauseMs = 0) {
      await Promise.all(
        clients.map(async (client) => {
          while (!abort.aborted) {
            await send(client);
            if (pauseMs > 0) await systemClock.sleep(pauseMs, abort);
          }
        }),
      );
    },
    async flush() {
      const bodies = await queue.bodies();
      for (let at = 0; at < bodies.length; at += 100) await flushOnce(bodies.slice(at, at + 100), grafana);
    },
    missing: () => [...acknowledged].filter((name) => !grafana.delivered.has(name)),
    async close() {
      await Promise.all(daemons.map((daemon) => daemon.end("SIGKILL")));
      await grafana.close();
      await queue.stop();
    },
  };
}

async function flushOnce(bodies: readonly string[], grafana: FakeGrafana): Promise<void> {
  const refusing: Queue = { send: async () => ({ kind: "failed", reason: "no queue here", unsent: [0] }) };
  const { endpoint, instanceId, apiKey } = grafana;
  const destination = grafanaCloudDestination({ endpoint, instanceId, apiKey: secret(apiKey) });
  const transport = createHttpTransport();
  const flush = createFlush({
    destinations: { candidates: () => [destination], refused: async () => {} },
    transport,
    userAgent,
    clock: systemClock,
    random: Math.random,
    emit: () => {},
    newId: randomUUID,
    queue: refusing,
    deadLetters: refusing,
    reader: { changeVisibility: async () => ({ failed: new Set() }) },
    maxExportBytes: 4 * 2 ** 20,
    maxExportItems: 20_000,
    exportTimeoutMs: 5000,
    baseMs: 1000,
    maxMs: 1000,
  });
  const Records = bodies.map((body, index) => record(body, index));
  const { batchItemFailures } = await flush({ Records }, { getRemainingTimeInMillis: () => 60_000 });
  transport.close();
  if (batchItemFailures.length > 0) throw new Error(`flush left ${batchItemFailures.length} messages`);
}

function record(body: string, index: number): SQSRecord {
  const attributes = {
    ApproximateReceiveCount: "1",
    ApproximateFirstReceiveTimestamp: String(Date.now()),
    SentTimestamp: String(Date.now()),
    SenderId: "test",
  };
  const source = { eventSource: "aws:sqs", eventSourceARN: "arn:aws:sqs:us-east-1:0:sluice", awsRegion: "us-east-1" };
  const id = String(index);
  return { ...source, messageId: id, receiptHandle: id, body, attributes, messageAttributes: {}, md5OfBody: "" };
}
