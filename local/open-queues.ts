import { createLambdaClients } from "../shared/aws/lambda/lambda-clients.ts";
import { createSqsQueue } from "../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../shared/aws/sqs/sqs-reader.ts";
import { systemClock as clock } from "../shared/node/system-clock.ts";
import type { Queue } from "../shared/queue/queue.ts";
import type { QueueReader } from "../shared/queue/queue-reader.ts";
import { type EmbeddedSqs, region } from "./embedded-sqs.ts";

/** The queue of a stage and its dead letters, through the clients that the functions use. */
export interface LocalQueues {
  readonly queue: Queue;
  readonly reader: QueueReader;
  readonly url: string;
  readonly arn: string;
  readonly deadLetters: Queue;
  readonly deadLetterReader: QueueReader;
  readonly deadLetterUrl: string;
  /** Bodies of the messages in the queue, and of the dead letters. */
  queued(): readonly string[];
  parked(): readonly string[];
  close(): void;
}

const name = "sluice";
const deadLetterName = "sluice-dead-letters";
const fortnightSeconds = "1209600";

/** Creates both queues where they are not there yet; the figures follow infra/queue.yml. */
export function openQueues(sqs: EmbeddedSqs, leaseSeconds: number): LocalQueues {
  const letters = sqs.createQueue(deadLetterName, { MessageRetentionPeriod: fortnightSeconds });
  const main = sqs.createQueue(name, {
    MessageRetentionPeriod: fortnightSeconds,
    VisibilityTimeout: String(leaseSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: letters.arn, maxReceiveCount: 1000 }),
  });
  // What the functions ask AWS with.
  const env = { AWS_REGION: region, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const aws = createLambdaClients({ env, clock, random: Math.random });
  const client = aws.sqs();
  return {
    queue: createSqsQueue({ client, queueUrl: main.url }),
    reader: createSqsReader({ client, queueUrl: main.url }),
    url: main.url,
    arn: main.arn,
    deadLetters: createSqsQueue({ client, queueUrl: letters.url }),
    deadLetterReader: createSqsReader({ client, queueUrl: letters.url }),
    deadLetterUrl: letters.url,
    queued: () => sqs.bodies(name),
    parked: () => sqs.bodies(deadLetterName),
    close: () => aws.close(),
  };
}
