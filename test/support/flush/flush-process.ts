import { randomUUID } from "node:crypto";
import { createFlush } from "../../../functions/flush.ts";
import { startEventSource } from "../../../local/lambda/event-source.ts";
import { createSqsClient } from "../../../shared/aws/sqs/sqs-client.ts";
import { createSqsQueue } from "../../../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../../../shared/aws/sqs/sqs-reader.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { systemClock as clock } from "../../../shared/node/system-clock.ts";
import { userAgent } from "../../../shared/user-agent.ts";
import { oneDestination } from "./flush-stand.ts";

// A process of its own that flushes a queue until it is killed: node flush-process.ts SQS QUEUE DEAD-LETTERS DESTINATION.
const [endpoint = "", queueUrl = "", deadLetterQueueUrl = "", destination = ""] = process.argv.slice(2);
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const client = createSqsClient({ endpoint, credentials, region: "us-east-1" });
const reader = createSqsReader({ client, queueUrl });
const emit = () => {};

const flush = createFlush({
  queue: createSqsQueue({ client, queueUrl }),
  deadLetters: createSqsQueue({ client, queueUrl: deadLetterQueueUrl }),
  reader,
  destinations: oneDestination(destination),
  transport: createHttpTransport(),
  userAgent,
  clock,
  random: Math.random,
  newId: randomUUID,
  emit,
  maxExportBytes: 2 ** 20,
  // Few batches an export, so that there is much to be killed in between.
  maxExportItems: 20,
  exportTimeoutMs: 5000,
  baseMs: 200,
  maxMs: 1000,
});

startEventSource({
  reader,
  leaseSeconds: 2,
  queueArn: "arn:aws:sqs:us-east-1:000000000000:queue",
  invoke: flush,
  clock,
  emit,
  newId: randomUUID,
  batchSize: 10,
  waitSeconds: 1,
});
