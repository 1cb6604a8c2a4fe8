import { randomUUID } from "node:crypto";
import { startFunction } from "../../shared/aws/lambda/start-function.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { createKeepRefusedRecords } from "../../shared/commit/keep-refused-records.ts";
import { intakeName } from "../../shared/config/destinations.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import type { InvocationContext } from "../http-event.ts";
import { createLogs, type OpenedLogs } from "../logs.ts";
import { preloadPipeline } from "../open-pipeline.ts";
import { openQueueIntake } from "../queue-intake.ts";

const { env } = process;
const starting = startFunction({
  env,
  paths: ["settings", "pipeline"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl", "deadLetterQueueUrl"],
});
preloadPipeline(env);
const started = await starting;
const { store, emit, observed } = started;
const intake = await openQueueIntake({ started, env, folder: import.meta.dirname });
const { maxRequestBytes, stage, deadLetterQueueUrl = "" } = store.current();

const logs = createLogs({
  accept: intake.accept,
  emit,
  clock: systemClock,
  maxBytes: maxRequestBytes,
  stage,
  ownGroup: env.AWS_LAMBDA_LOG_GROUP_NAME,
  region: env.AWS_REGION,
  withMetrics: () => store.current().logMetrics,
  toGauges: () => store.current().awsMetricsAs === "gauges",
  keepRefused: createKeepRefusedRecords({
    deadLetters: createSqsQueue({ client: started.sqs(), queueUrl: deadLetterQueueUrl }),
    destination: intakeName,
    clock: systemClock,
    newId: randomUUID,
    emit,
  }),
});

const take = observed(async (opened: OpenedLogs, context?: InvocationContext) => {
  await intake.follow();
  return logs.take(opened, context);
});

/** The logs function in Lambda: events of CloudWatch Logs in, batches in SQS. What it has nothing to do with writes not a line. */
export async function handler(event: unknown, context?: InvocationContext) {
  const opened = logs.open(event);
  return opened.kind === "quiet" ? undefined : take(opened, context);
}
