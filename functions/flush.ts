import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { monotonic } from "../shared/clock.ts";
import { createDeliverMessages, type DeliverMessagesOptions } from "../shared/drain/deliver-messages.ts";
import type { ReceivedMessage } from "../shared/queue/queue-reader.ts";
import { isForIntake, type TakeIn } from "./take-in.ts";

/** The handler: answers with the messages that must come back. */
export type FlushOptions = DeliverMessagesOptions & {
  /** Takes in what has no destination yet; absent where nothing is dead-lettered without one. */
  readonly takeIn?: TakeIn;
  /** Time kept for settling before the invocation ends, milliseconds; default 20 s. */
  readonly settleReserveMs?: number;
};

export type Flush = (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<SQSBatchResponse>;

/** Of that time: what hiding the messages that stay may take (`aws/sqs-visibility.ts`), and the answer. */
const hideReserveMs = 6000;

/**
 * Delivers the batches of one SQS event and reports the messages that must stay in the queue. Rejects, once all is settled,
 * when nothing but an outage came of it and every message stays: Lambda slows down for a function that fails, not for
 * failed messages, but only one that succeeds gets rid of what was sent again.
 */
export function createFlush(options: FlushOptions): Flush {
  const { clock, takeIn, settleReserveMs = 20_000 } = options;
  const deliverMessages = createDeliverMessages(options);

  return async function flush(event, context) {
    const endsAt = monotonic(clock) + context.getRemainingTimeInMillis();
    const received = event.Records.map(messageOf);
    const forIntake = takeIn ? received.filter(isForIntake) : [];
    const messages = forIntake.length === 0 ? received : received.filter((message) => !forIntake.includes(message));
    const delivered = await deliverMessages(messages, {
      deadlineAt: endsAt - settleReserveMs,
      settleBy: endsAt - hideReserveMs,
    });
    const notTaken = (forIntake.length > 0 && (await takeIn?.(forIntake, untilSettling(context)))) || [];
    const staying = [...delivered.staying, ...notTaken];
    const isOutage = delivered.isOutage && staying.length === received.length;
    if (isOutage) throw new Error(`The destination is down: ${staying.length} messages stay in the queue.`);
    return { batchItemFailures: staying.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function untilSettling(context: Pick<Context, "getRemainingTimeInMillis">): AbortSignal {
  return AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - hideReserveMs));
}

function messageOf({ messageId, receiptHandle, body, attributes }: SQSRecord): ReceivedMessage {
  return {
    id: messageId,
    receiptHandle,
    body,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    sentAt: Number(attributes.SentTimestamp),
    firstReceivedAt: Number(attributes.ApproximateFirstReceiveTimestamp),
  };
}
