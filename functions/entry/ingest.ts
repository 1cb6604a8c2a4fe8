import { createSqsClient } from "../../shared/aws/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs-queue.ts";
import { startFunction } from "../../shared/aws/start-function.ts";
import { grafanaCloudName } from "../../shared/config/destinations.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { createQueueSink } from "../../shared/queue/queue-sink.ts";
import { createIngest } from "../ingest.ts";

const { store, emit, observed } = await startFunction({
  env: process.env,
  paths: ["settings", "senders"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl"],
});
const { queueUrl = "", maxRequestBytes, maxExportBytes: maxBatchBytes, corsOrigins } = store.current();
const queue = createSqsQueue({ client: createSqsClient(), queueUrl });

/** The ingest function in Lambda: an OTLP/HTTP request in, batches in SQS, the answer out. */
export const handler = observed(
  createIngest({
    sink: createQueueSink({ queue, destination: grafanaCloudName, clock: systemClock, emit, maxBatchBytes }),
    emit,
    maxBodyBytes: maxRequestBytes,
    ...(corsOrigins && { cors: { origins: corsOrigins } }),
    auth: () => store.current().senderTokens ?? [],
  }),
);
