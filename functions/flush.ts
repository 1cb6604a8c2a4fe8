import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createDeliver, type DeliverOptions } from "../shared/delivery/deliver.ts";
import { decodeEnvelope } from "../shared/queue/envelope.ts";
import type { ReceivedMessage } from "../shared/queue/queue-reader.ts";
import { createSettle, type Settlement, type SettleOptions } from "../shared/queue/settle.ts";

export type FlushOptions = DeliverOptions &
  SettleOptions & {
    /** Time kept for settling before the invocation ends, milliseconds; default 5 s. */
    readonly settleReserveMs?: number;
  };

export type Flush = (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<SQSBatchResponse>;

/**
 * Delivers the batches of one SQS event and reports the messages that must stay in the queue. Rejects, once all is settled,
 * when nothing but an outage came of it and every message stays: Lambda slows down for a function that fails, not for
 * failed messages, but only one that succeeds gets rid of what was sent anew.
 */
export function createFlush(options: FlushOptions): Flush {
  const { clock, settleReserveMs = 5000 } = options;
  const deliver = createDeliver(options);
  const settle = createSettle(options);

  return async function flush(event, context) {
    const deadlineAt = clock.now() + context.getRemainingTimeInMillis() - settleReserveMs;
    const messages = new Map(event.Records.map((record) => [record.messageId, messageOf(record)]));
    const decoded = [...messages.values()].map((message) => ({ message, content: decodeEnvelope(message.body) }));
    const batches = decoded.flatMap(({ content }) => (content.kind === "batch" ? content.batch : []));
    const outcomes = [...(await deliver(batches, { deadlineAt }))];
    const settlements = decoded.map(({ message, content }): Settlement => {
      if (content.kind === "undecodable")
        return { message, outcome: { ...content, kind: "park", reason: content.kind } };
      return { message, batch: content.batch, outcome: outcomes.shift() ?? unanswered };
    });
    const staying = await settle(settlements);
    if (staying.length === messages.size && settlements.every(isWaiting) && settlements.some(isOutage)) {
      throw new Error(`The destination is down: ${staying.length} messages stay in the queue.`);
    }
    return { batchItemFailures: staying.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

const unanswered = { kind: "retry", reason: "no outcome", down: false } as const;

function isWaiting({ outcome }: Settlement): boolean {
  return outcome.kind === "retry" && outcome.down;
}

function isOutage({ outcome }: Settlement): boolean {
  return outcome.kind === "retry" && outcome.outage === true;
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
