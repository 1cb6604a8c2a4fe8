import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { HandledMessage, HandleMessageOptions } from "../shared/aws-events/objects/handle-message.ts";
import { createHandleMessage } from "../shared/aws-events/objects/handle-message.ts";
import { monotonic } from "../shared/clock.ts";
import { errorText } from "../shared/error-text.ts";
import type { InvocationContext } from "./http-event.ts";

export interface ObjectsOptions extends HandleMessageOptions {
  /** Messages that are handled at the same time; default 4. */
  readonly concurrency?: number;
  /** Deletes messages that are done while others of their invocation are not; a failure does not matter, Lambda deletes them at the end. */
  readonly forget: (receiptHandles: readonly string[]) => Promise<unknown>;
  /** Time kept for settling before the invocation ends, milliseconds; default 20 s. */
  readonly reserveMs?: number;
}

/** Once an invocation takes this long, what it was done with is deleted: a function that is killed then does not repeat it. */
const forgetAfterMs = 10_000;

/** The handler: answers with the messages that must come back. */
export type Objects = (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse>;

/**
 * Reads the objects that the messages of one SQS event tell of, and reports the messages that must stay (Lambda guide, "Reporting batch item
 * failures"). A message that there was no time for stays as well.
 */
export function createObjects(options: ObjectsOptions): Objects {
  const { clock, emit, forget, concurrency = 4, reserveMs = 20_000 } = options;
  const handleMessage = createHandleMessage(options);

  return async function objects(event, context) {
    const deadlineAt = monotonic(clock) + context.getRemainingTimeInMillis() - reserveMs;
    const forgetAt = monotonic(clock) + forgetAfterMs;
    const waiting = [...event.Records];
    const staying: string[] = [];
    let done: string[] = [];

    async function work(): Promise<void> {
      for (let record = waiting.shift(); record; record = waiting.shift()) {
        if ((await handle(record, deadlineAt)) === "stays") staying.push(record.messageId);
        else done.push(record.receiptHandle);
        if (monotonic(clock) < forgetAt || done.length === 0) continue;
        const receipts = done;
        done = [];
        await forget(receipts);
      }
    }

    await Promise.all(Array.from({ length: concurrency }, work));
    return { batchItemFailures: staying.map((itemIdentifier) => ({ itemIdentifier })) };
  };

  async function handle({ body, attributes }: SQSRecord, deadlineAt: number): Promise<HandledMessage> {
    try {
      return await handleMessage({ body, receiveCount: Number(attributes.ApproximateReceiveCount) }, deadlineAt);
    } catch (error) {
      emit("code.crashed", { where: "objects", error: errorText(error) });
      return "stays";
    }
  }
}
