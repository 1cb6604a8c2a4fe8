import type { QueueStatusRead } from "../../shared/aws/sqs/queue-status.ts";
import type { SqsClient, SqsClientOptions } from "../../shared/aws/sqs/sqs-client.ts";
import { settings } from "../../shared/config/settings.ts";
import type { Io } from "../terminal/io.ts";

/** The queues of a stage, each with what is known of it. */
export interface Queues {
  /** The queue is an embedded one on this machine, not AWS. */
  readonly local: boolean;
  readonly queue: QueueStatusRead;
  readonly deadLetters: QueueStatusRead;
  /** Where objects of S3 are read: their notices, and the dead letters of those. */
  readonly objects?: { readonly queue: QueueStatusRead; readonly deadLetters: QueueStatusRead };
}

/** The queues of a stage: by their URLs in the environment, otherwise by their names in AWS. */
export async function readQueues(stage: string, { env }: Io): Promise<Queues> {
  const local = hasLocalQueue(env);
  const url = env[settings.queueUrl.env] || undefined;
  const client = await queueClient({ env });
  const deadLetterUrl = env[settings.deadLetterQueueUrl.env] || undefined;
  try {
    const [queue, deadLetters, objects] = await Promise.all([
      statusOf(client, url, `sluice-${stage}`),
      statusOf(client, deadLetterUrl, `sluice-${stage}-dead-letters`),
      objectQueues(),
    ]);
    return { local, queue, deadLetters, ...(objects && { objects }) };
  } finally {
    client.destroy();
  }

  /** A stage may have none of them. Queues that the environment names have those that it names. */
  async function objectQueues(): Promise<Queues["objects"]> {
    const lettersUrl = env[settings.objectsDeadLetterQueueUrl.env] || undefined;
    if (lettersUrl === undefined && (url !== undefined || deadLetterUrl !== undefined)) return undefined;
    const [notices, letters] = await Promise.all([
      statusOf(client, env[settings.objectsQueueUrl.env] || undefined, `sluice-${stage}-objects`),
      statusOf(client, lettersUrl, `sluice-${stage}-objects-dead-letters`),
    ]);
    return letters.kind === "failed" && letters.isAbsent ? undefined : { queue: notices, deadLetters: letters };
  }
}

/** What a queue says, by its URL, or by its name where there is none. Never rejects. */
export async function statusOf(client: SqsClient, url: string | undefined, name: string): Promise<QueueStatusRead> {
  const { queueProblem, readQueueStatus } = await import("../../shared/aws/sqs/queue-status.ts");
  if (url !== undefined) return readQueueStatus(client, url);
  const { GetQueueUrlCommand } = await import("@aws-sdk/client-sqs");
  const found = client.sdk.send(new GetQueueUrlCommand({ QueueName: name }));
  return found.then(
    ({ QueueUrl = "" }) => readQueueStatus(client, QueueUrl),
    (error) => queueProblem(error, name),
  );
}

/** A client for the queues of the environment: of this machine where SLUICE_QUEUE_URL points to it, otherwise of AWS. */
export async function queueClient(
  { env }: Pick<Io, "env">,
  limits: Pick<SqsClientOptions, "maxAttempts"> = {},
): Promise<SqsClient> {
  const { createSqsClient } = await import("../../shared/aws/sqs/sqs-client.ts");
  const url = env[settings.queueUrl.env];
  if (!url || !hasLocalQueue(env)) return createSqsClient(limits);
  // An embedded queue takes any credentials, but the SDK does not go without.
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return createSqsClient({
    ...limits,
    endpoint: new URL(url).origin,
    region: env.AWS_REGION ?? "us-east-1",
    credentials,
  });
}

/** Whether SLUICE_QUEUE_URL points to this machine. */
export function hasLocalQueue(env: Io["env"]): boolean {
  const host = URL.parse(env[settings.queueUrl.env] ?? "")?.hostname ?? "";
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || host.startsWith("127.");
}
