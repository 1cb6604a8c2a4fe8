import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createSqsClient } from "../../../shared/aws/sqs/sqs-client.ts";
import { createSqsQueue } from "../../../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../../../shared/aws/sqs/sqs-reader.ts";
import { contentOf } from "../../../shared/batch/content.ts";
import { createMemoryJournal } from "../../../shared/dead-letters/journal.ts";
import { replayDeadLetters } from "../../../shared/dead-letters/replay.ts";
import { joinLetters } from "../../../shared/dead-letters/stage-queues.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import type { ReceivedMessage } from "../../../shared/queue/queue-reader.ts";
import type { Moto } from "../infra/checkers.ts";
import { decodeWithOracle } from "../otlp/oracle.ts";

/** The handler of the objects function. */
export type ObjectsHandler = (
  event: SQSEvent,
  context: { getRemainingTimeInMillis: () => number },
) => Promise<SQSBatchResponse>;

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const region = "us-east-1";
const bucket = "logs";

/** A bucket that notifies a queue, and the queues of a stage, in moto. */
export async function createS3Stand(moto: Moto) {
  const client = createSqsClient({ endpoint: moto.endpoint, region, credentials });

  async function createQueue(name: string) {
    const { QueueUrl: queueUrl = "" } = await client.sdk.send(new CreateQueueCommand({ QueueName: name }));
    const reader = createSqsReader({ client, queueUrl });
    return { queueUrl, reader, queue: createSqsQueue({ client, queueUrl }) };
  }

  const notices = await createQueue("objects");
  const deadLetters = await createQueue("objects-dead");
  const main = await createQueue("main");
  const parked = await createQueue("main-dead");

  async function s3(method: string, path: string, body?: string | Uint8Array): Promise<void> {
    const scope = `Credential=test/20260101/${region}/s3/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`;
    const given = body === undefined ? {} : { body: Buffer.from(body) };
    const answer = await fetch(`${moto.endpoint}/${bucket}${path}`, { method, headers: { authorization }, ...given });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }

  await s3("PUT", "");
  await s3("PUT", "?notification", notificationTo(`arn:aws:sqs:${region}:123456789012:objects`));

  async function receive(reader: typeof notices.reader): Promise<readonly ReceivedMessage[]> {
    const received = await reader.receive({ maxMessages: 10, leaseSeconds: 30, waitSeconds: 0 });
    if (received.kind === "failed") throw new Error(received.reason);
    return received.messages;
  }

  return {
    env: {
      SLUICE_QUEUE_URL: main.queueUrl,
      SLUICE_OBJECTS_QUEUE_URL: notices.queueUrl,
      SLUICE_OBJECTS_DEAD_LETTER_QUEUE_URL: deadLetters.queueUrl,
    },
    put: (key: string, bytes: string | Uint8Array) => s3("PUT", `/${encodeURIComponent(key)}`, bytes),
    delete: (key: string) => s3("DELETE", `/${encodeURIComponent(key)}`),
    sendNotice: (body: string) => notices.queue.send([body]),

    /** Invokes the function as Lambda would, until no message is left. The number of invocations. */
    async run(handler: ObjectsHandler, remainingMs: number): Promise<number> {
      for (let invocations = 0; invocations < 100; invocations += 1) {
        const messages = await receive(notices.reader);
        if (messages.length === 0) return invocations;
        const { batchItemFailures } = await handler(eventOf(messages), { getRemainingTimeInMillis: () => remainingMs });
        const staying = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const done = messages.filter(({ id }) => !staying.has(id));
        await notices.reader.delete(done.map(({ receiptHandle }) => receiptHandle));
      }
      throw new Error("the queue of notices is never empty");
    },

    /** The bodies of all records in the queue of batches, which are then gone. */
    async takeBodies(): Promise<readonly string[]> {
      const bodies: string[] = [];
      for (let messages = await receive(main.reader); messages.length > 0; messages = await receive(main.reader)) {
        for (const { body } of messages) bodies.push(...(await bodiesOf(String(body))));
        await main.reader.delete(messages.map(({ receiptHandle }) => receiptHandle));
      }
      return bodies;
    },

    /** Replays the dead letters of the stage, as the command line and the function `replay` do. */
    replayDeadLetters: () =>
      replayDeadLetters(
        { selection: {} },
        {
          ...joinLetters(
            { reader: parked.reader, queue: main.queue },
            { reader: deadLetters.reader, queue: notices.queue },
          ),
          journal: createMemoryJournal(),
          clock: systemClock,
          emit: () => {},
          leaseSeconds: 30,
          waitSeconds: 0,
        },
      ),

    async takeDeadLetters(): Promise<readonly string[]> {
      const messages = await receive(deadLetters.reader);
      await deadLetters.reader.delete(messages.map(({ receiptHandle }) => receiptHandle));
      return messages.map(({ body }) => String(body));
    },
  };
}

function notificationTo(queue: string): string {
  const configuration = `<Queue>${queue}</Queue><Event>s3:ObjectCreated:*</Event>`;
  return `<NotificationConfiguration><QueueConfiguration>${configuration}</QueueConfiguration></NotificationConfiguration>`;
}

function eventOf(messages: readonly ReceivedMessage[]): SQSEvent {
  const records = messages.map(({ id, body, receiveCount }) => ({
    messageId: id,
    body: String(body),
    attributes: { ApproximateReceiveCount: String(receiveCount) },
  }));
  return { Records: records } as unknown as SQSEvent;
}

async function bodiesOf(envelope: string): Promise<readonly string[]> {
  const decoded = decodeEnvelope(envelope);
  const content = decoded.kind === "batch" ? await contentOf(decoded.batch) : undefined;
  if (!content) throw new Error("not an envelope");
  const request = decodeWithOracle(content, "logs") as unknown as {
    resourceLogs: { scopeLogs: { logRecords: { body: { stringValue: string } }[] }[] }[];
  };
  return request.resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => body.stringValue)),
  );
}
