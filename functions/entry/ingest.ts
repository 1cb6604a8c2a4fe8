import { createSqsClient } from "../../shared/aws/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs-queue.ts";
import { startFunction } from "../../shared/aws/start-function.ts";
import { createFanOut } from "../../shared/commit/fan-out.ts";
import { namedDestinations } from "../../shared/config/destination-settings.ts";
import { grafanaCloudName } from "../../shared/config/destinations.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import { signalNames } from "../../shared/signal.ts";
import { createIngest } from "../ingest.ts";
import { openPipeline } from "../open-pipeline.ts";

const { store, emit, metrics, observed } = await startFunction({
  env: process.env,
  paths: ["settings", "senders", "pipeline"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl"],
});
const { queueUrl = "", destinations, maxRequestBytes, maxExportBytes: maxBatchBytes, corsOrigins } = store.current();
const queue = createSqsQueue({ client: createSqsClient(), queueUrl });
const enqueueFor = (destination: string) =>
  createEnqueue({ queue, destination, clock: systemClock, emit, maxBatchBytes });
const folder = import.meta.dirname;
const pipeline = await openPipeline({ store, env: process.env, folder, emit, metrics, enqueueFor });
/** One envelope for each destination of the signal. */
const targets = [{ name: grafanaCloudName, signals: signalNames }, ...namedDestinations(destinations)];
const toTargets = createFanOut(targets.map(({ name, signals }) => ({ accept: enqueueFor(name), signals })));

const ingest = createIngest({
  accept: pipeline?.accept ?? toTargets,
  emit,
  maxBodyBytes: maxRequestBytes,
  ...(corsOrigins && { cors: { origins: corsOrigins } }),
  auth: () => store.current().senderTokens ?? [],
});

/** The ingest function in Lambda: an OTLP/HTTP request in, batches in SQS, the answer out. */
export const handler = observed(async (...invocation: Parameters<typeof ingest>) => {
  await pipeline?.follow();
  return ingest(...invocation);
});
