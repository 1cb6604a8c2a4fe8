import { startFunction } from "../../shared/aws/lambda/start-function.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../../shared/aws/sqs/sqs-reader.ts";
import { createMemoryJournal } from "../../shared/dead-letters/journal.ts";
import { joinLetters } from "../../shared/dead-letters/stage-queues.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { createReplay } from "../replay.ts";

const { store, emit, sqs, observed } = await startFunction({
  env: process.env,
  paths: ["settings"],
  write: (line) => process.stdout.write(line),
  required: ["queueUrl", "deadLetterQueueUrl"],
});
const { queueUrl = "", deadLetterQueueUrl = "", objectsQueueUrl, objectsDeadLetterQueueUrl } = store.current();
const client = sqs();
// What it is not sure to have sent it must not send again by itself: the replay does, and says so.
const sending = sqs({ maxAttempts: 1 });
const lettersOf = (from: string, to: string) => ({
  reader: createSqsReader({ client, queueUrl: from }),
  queue: createSqsQueue({ client: sending, queueUrl: to }),
});

/** The replay function in Lambda: invoked with a payload, it answers with a report. */
export const handler = observed(
  createReplay({
    ...joinLetters(
      lettersOf(deadLetterQueueUrl, queueUrl),
      objectsQueueUrl && objectsDeadLetterQueueUrl ? lettersOf(objectsDeadLetterQueueUrl, objectsQueueUrl) : undefined,
    ),
    // As long as the environment lives: what one invocation could not finish, the next one knows.
    journal: createMemoryJournal(),
    clock,
    emit,
  }),
);
