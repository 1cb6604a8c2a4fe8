import { failed } from "../shared/receivers/firehose/answers.ts";
import { createReceiveFirehose, type ReceiveFirehoseOptions } from "../shared/receivers/firehose/receive.ts";
import { createTakeDelivery, type TakeDeliveryOptions } from "../shared/receivers/firehose/take-delivery.ts";
import { type AnswerHttpEvent, createAnswerHttpEvent } from "./http-event.ts";

export type FirehoseOptions = Omit<ReceiveFirehoseOptions, "take"> & TakeDeliveryOptions;

/**
 * One request of Firehose in, from the function's URL, one answer out: records become OTLP in the queue, what cannot be used becomes dead
 * letters, and only then it is a success.
 */
export function createFirehose(options: FirehoseOptions): AnswerHttpEvent {
  const receive = createReceiveFirehose({ ...options, take: createTakeDelivery(options) });
  return createAnswerHttpEvent({
    receive: (request, { abort }) => receive(request, abort),
    unreadable(message) {
      options.emit("request.refused", { transport: "http", status: 400, reason: "event", message });
      return failed(400, { requestId: "", now: options.clock.now(), message });
    },
  });
}
