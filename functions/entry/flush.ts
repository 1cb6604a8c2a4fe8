import { randomUUID } from "node:crypto";
import { createDestinationAccess } from "../../shared/aws/destination-access.ts";
import { createSqsClient } from "../../shared/aws/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs-queue.ts";
import { createSqsReader } from "../../shared/aws/sqs-reader.ts";
import { startFunction } from "../../shared/aws/start-function.ts";
import { deliveryLimits } from "../../shared/config/delivery-limits.ts";
import { createDestinations } from "../../shared/config/destinations.ts";
import { grafanaCloud } from "../../shared/config/resolve.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { createTextFiles } from "../../shared/node/text-files.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { createFlush } from "../flush.ts";

const random = Math.random;
const readText = createTextFiles({ monotonic: () => performance.now() });
const { store, emit, observed } = await startFunction({
  env: process.env,
  paths: ["settings", "grafana-cloud", "destinations"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl", "deadLetterQueueUrl", ...grafanaCloud],
  delivers: true,
});
const { queueUrl = "", deadLetterQueueUrl = "", ...settings } = store.current();
const client = createSqsClient();
const { transport, authorize } = createDestinationAccess({ clock, maxSockets: 8, env: process.env });

/** The flush function in Lambda: batches from SQS to the destination. */
export const handler = observed(
  createFlush({
    ...deliveryLimits(settings),
    queue: createSqsQueue({ client, queueUrl }),
    deadLetters: createSqsQueue({ client, queueUrl: deadLetterQueueUrl }),
    reader: createSqsReader({ client, queueUrl, timeoutMs: 5000 }),
    destinations: createDestinations({ store, clock, random, readText }),
    transport,
    authorize,
    userAgent,
    clock,
    random,
    newId: randomUUID,
    emit,
  }),
);
