import { randomUUID } from "node:crypto";
import { createDestinationAccess } from "../../shared/aws/destination-access.ts";
import { startFunction } from "../../shared/aws/lambda/start-function.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../../shared/aws/sqs/sqs-reader.ts";
import { deliveryLimits } from "../../shared/config/delivery-limits.ts";
import { createDestinations } from "../../shared/config/destinations.ts";
import { grafanaCloud } from "../../shared/config/resolve.ts";
import { eitherDestinations } from "../../shared/delivery/either-destinations.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { createTextFiles } from "../../shared/node/text-files.ts";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { acceptForTargets } from "../accept-for-targets.ts";
import { createFlush } from "../flush.ts";
import { openPipeline, preloadPipeline } from "../open-pipeline.ts";
import { createTakeIn } from "../take-in.ts";

const readText = createTextFiles({ monotonic: () => performance.now() });
const starting = startFunction({
  env: process.env,
  paths: ["settings", "grafana-cloud", "destinations", "pipeline", "pipeline-secrets"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl", "deadLetterQueueUrl"],
  unlessPipeline: grafanaCloud,
  delivers: true,
});
preloadPipeline(process.env);
const { store, emit, metrics, sqs, observed } = await starting;
const { queueUrl = "", deadLetterQueueUrl = "", ...settings } = store.current();
const client = sqs();
const configured = createDestinations({ store, clock, random: Math.random, readText });
const { transport, authorize } = createDestinationAccess({ clock, maxSockets: 8, env: process.env });
const queue = createSqsQueue({ client, queueUrl });
const enqueueFor = (destination: string) =>
  createEnqueue({ queue, destination, clock, emit, maxBatchBytes: settings.maxExportBytes });
const folder = import.meta.dirname;
const pipeline = await openPipeline({ store, env: process.env, folder, emit, metrics, enqueueFor });

const flush = createFlush({
  takeIn: createTakeIn({ accept: pipeline?.accept ?? acceptForTargets(settings.destinations, enqueueFor), emit }),
  ...deliveryLimits(settings),
  queue,
  deadLetters: createSqsQueue({ client, queueUrl: deadLetterQueueUrl }),
  reader: createSqsReader({ client, queueUrl, timeoutMs: 5000 }),
  destinations: pipeline ? eitherDestinations(pipeline.destinations, configured) : configured,
  transport,
  authorize,
  userAgent,
  clock,
  random: Math.random,
  newId: randomUUID,
  emit,
});

/** The flush function in Lambda: batches from SQS to the destinations. */
export const handler = observed(async (...invocation: Parameters<typeof flush>) => {
  await pipeline?.follow();
  return flush(...invocation);
});
