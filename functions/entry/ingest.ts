import { startFunction } from "../../shared/aws/start-function.ts";
import { createIngest } from "../ingest.ts";
import { openQueueIntake } from "../queue-intake.ts";

const { env } = process;
const started = await startFunction({
  env,
  paths: ["settings", "senders", "pipeline"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl"],
});
const { store, emit, observed } = started;
const intake = await openQueueIntake({ started, env, folder: import.meta.dirname });
const { maxRequestBytes, corsOrigins } = store.current();

const ingest = createIngest({
  accept: intake.accept,
  emit,
  maxBodyBytes: maxRequestBytes,
  ...(corsOrigins && { cors: { origins: corsOrigins } }),
  auth: () => store.current().senderTokens ?? [],
});

/** The ingest function in Lambda: an OTLP/HTTP request in, batches in SQS, the answer out. */
export const handler = observed(async (...invocation: Parameters<typeof ingest>) => {
  await intake.follow();
  return ingest(...invocation);
});
