import { randomUUID } from "node:crypto";
import { startFunction } from "../../shared/aws/lambda/start-function.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { createOwnGroups, groupsOfStage } from "../../shared/aws-events/cloudwatch-logs/own-groups.ts";
import { createKeepRefusedRecords } from "../../shared/commit/keep-refused-records.ts";
import { intakeName } from "../../shared/config/destinations.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { createFirehose } from "../firehose.ts";
import { preloadPipeline } from "../open-pipeline.ts";
import { openQueueIntake } from "../queue-intake.ts";

const { env } = process;
const starting = startFunction({
  env,
  paths: ["settings", "firehose", "pipeline"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl", "deadLetterQueueUrl"],
});
preloadPipeline(env);
const started = await starting;
const { store, emit, sqs, observed } = started;
const intake = await openQueueIntake({ started, env, folder: import.meta.dirname });
const { deadLetterQueueUrl = "", maxRequestBytes, stage } = store.current();

const firehose = createFirehose({
  accept: intake.accept,
  emit,
  clock,
  accessKeys: () => store.current().firehoseAccessKeys,
  maxBodyBytes: maxRequestBytes,
  toGauges: () => store.current().awsMetricsAs === "gauges",
  withMetrics: () => store.current().logMetrics,
  isOwnGroup: createOwnGroups(groupsOfStage(stage)),
  keepRefused: createKeepRefusedRecords({
    deadLetters: createSqsQueue({ client: sqs(), queueUrl: deadLetterQueueUrl }),
    clock,
    newId: randomUUID,
    emit,
    destination: intakeName,
  }),
});

/** The Firehose function in Lambda: a request of Amazon Data Firehose in, batches in SQS, the answer out. */
export const handler = observed(async (...invocation: Parameters<typeof firehose>) => {
  await intake.follow();
  return firehose(...invocation);
});
