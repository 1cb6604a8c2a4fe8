import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Clock } from "../shared/clock.ts";
import type { Deliver } from "../shared/delivery/deliver.ts";
import { decodeEnvelope } from "../shared/queue/envelope.ts";
import type { ReceivedMessage, Settlement } from "../shared/queue/settle.ts";

export interface FlushDeps {
  readonly deliver: Deliver;
  readonly settle: (settlements: readonly Settlement[]) => Promise<readonly string[]>;
  readonly clock: Pick<Clock, "now">;
  /** Time kept for settling before the invocation ends, milliseconds; default 5 s. */
  readonly settleReserveMs?: number;
}

export type Flush = (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<SQSBatchResponse>;

/**
 * Delivers the batches of one SQS event and reports the messages that must stay in the queue. Fails as a whole, once all is
 * settled, when nothing but an outage came of it: Lambda slows down for a function that fails, not for failed messages.
 */
export function createFlush(deps: FlushDeps): Flush {
  const { deliver, settle, clock, settleReserveMs = 5000 } = deps;

  return async function flush(event, context) {
    const deadlineAt = clock.now() + context.getRemainingTimeInMillis() - settleReserveMs;
    const decoded = event.Records.map((record) => ({
      message: messageOf(record),
      decoded: decodeEnvelope(record.body),
    }));
    const whole = decoded.flatMap(({ message, decoded: it }) =>
      it.kind === "batch" ? { message, batch: it.batch } : [],
    );
    const outcomes = await deliver(
      whole.map(({ batch }) => batch),
      { deadlineAt },
    );
    const settlements = [
      ...whole.flatMap((each, index): Settlement[] => {
        const outcome = outcomes[index];
        return outcome ? [{ ...each, outcome }] : [];
      }),
      ...decoded.flatMap(({ message, decoded: it }): Settlement[] =>
        it.kind === "batch" ? [] : [{ message, outcome: { kind: "park", reason: "undecodable", message: it.message } }],
      ),
    ];
    const staying = await settle(settlements);
    const isOutage =
      settlements.length > 0 && settlements.every(({ outcome }) => outcome.kind === "retry" && outcome.down);
    if (isOutage) throw new Error(`the destination is down: ${staying.length} messages wait in the queue`);
    return { batchItemFailures: staying.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function messageOf({ messageId, receiptHandle, body, attributes }: SQSRecord): ReceivedMessage {
  return {
    id: messageId,
    receiptHandle,
    body,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    firstReceivedAt: Number(attributes.ApproximateFirstReceiveTimestamp),
  };
}
