import { startFunction } from "../../shared/aws/lambda/start-function.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { createSenderLimits } from "../../shared/senders/sender-limits.ts";
import { withSenders } from "../../shared/senders/with-senders.ts";
import { createIngest } from "../ingest.ts";
import { preloadPipeline } from "../open-pipeline.ts";
import { openQueueIntake } from "../queue-intake.ts";

const { env } = process;
const starting = startFunction({
  env,
  paths: ["settings", "senders", "pipeline"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl"],
});
preloadPipeline(env);
const started = await starting;
const { store, emit, observed } = started;
const intake = await openQueueIntake({ started, env, folder: import.meta.dirname });
const { maxRequestBytes, corsOrigins, limitsDividedBy: dividedBy } = store.current();
// An environment serves one request at a time: nothing in flight is to be shared. A frozen one goes by the time of the wall.
const limits = createSenderLimits({ clock: { now: systemClock.now }, dividedBy });

const ingest = createIngest({
  accept: withSenders(intake.accept, { limits, emit }),
  limits,
  keepsMetadata: intake.keepsMetadata,
  emit,
  maxBodyBytes: maxRequestBytes,
  ...(corsOrigins && { cors: { origins: corsOrigins } }),
  auth: store.senders,
  knowsStrangers: true,
});

/** The ingest function in Lambda: an OTLP/HTTP request in, batches in SQS, the answer out. */
export const handler = observed(async (...invocation: Parameters<typeof ingest>) => {
  await intake.follow();
  return ingest(...invocation);
});
