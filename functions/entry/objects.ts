import { lambdaIdentity } from "../../shared/aws/lambda/lambda-identity.ts";
import { startFunction } from "../../shared/aws/lambda/start-function.ts";
import { createS3ObjectSource } from "../../shared/aws/s3/object-source.ts";
import { serviceEndpoint } from "../../shared/aws/service-endpoint.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../../shared/aws/sqs/sqs-reader.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { acceptRequest } from "../../shared/receivers/accept-request.ts";
import { createObjects } from "../objects.ts";
import { preloadPipeline } from "../open-pipeline.ts";
import { openQueueIntake } from "../queue-intake.ts";

const { env } = process;
const starting = startFunction({
  env,
  paths: ["settings", "pipeline"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl", "objectsQueueUrl", "objectsDeadLetterQueueUrl"],
});
preloadPipeline(env);
const started = await starting;
const { store, emit, sqs, observed } = started;
const { objectsQueueUrl = "", objectsDeadLetterQueueUrl = "", maxExportBytes } = store.current();
const intake = await openQueueIntake({ started, env, folder: import.meta.dirname });
const client = sqs();

const objects = createObjects({
  source: createS3ObjectSource({
    clock,
    credentials: lambdaIdentity(env).credentials,
    endpointOf: (region) => serviceEndpoint("s3", region, env),
    pathStyle: Boolean(env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL),
  }),
  accept: (request, abort) => acceptRequest(request, { accept: intake.accept, emit, transport: "s3", abort }),
  forget: createSqsReader({ client, queueUrl: objectsQueueUrl }).delete,
  notices: createSqsQueue({ client, queueUrl: objectsQueueUrl }),
  deadLetters: createSqsQueue({ client, queueUrl: objectsDeadLetterQueueUrl }),
  // What one export may hold; a request is about as large as this says.
  maxRequestBytes: maxExportBytes / 2,
  // Read for each object: whoever raises it sends dead letters again.
  get maxLineBytes() {
    return store.current().maxLineBytes;
  },
  clock,
  emit,
});

/** The objects function in Lambda: notices of objects in S3 in, batches of their lines in SQS. */
export const handler = observed(async (...invocation: Parameters<typeof objects>) => {
  await intake.follow();
  return objects(...invocation);
});
