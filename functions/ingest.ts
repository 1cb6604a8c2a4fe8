import { withoutAnyone } from "../shared/http/auth.ts";
import { refused } from "../shared/receivers/otlp-http/answers.ts";
import { createReceive, type ReceiveOptions } from "../shared/receivers/otlp-http/receive.ts";
import { unreadableEvent } from "../shared/receivers/otlp-http/refusals.ts";
import { type AnswerHttpEvent, createAnswerHttpEvent } from "./http-event.ts";

export interface IngestOptions extends ReceiveOptions {
  /** Whoever comes through a function URL or an HTTP API, which the internet reaches, must show a token or come with IAM. */
  readonly knowsStrangers?: boolean;
}

/**
 * One OTLP export request in, one answer out: read the event, receive the request (`http/receive.ts`: decode, validate,
 * make durable), write the answer.
 */
export function createIngest(options: IngestOptions): AnswerHttpEvent {
  const receive = createReceive(options);
  const receiveStranger = options.knowsStrangers
    ? createReceive({ ...options, auth: () => withoutAnyone(options.auth?.() ?? []) })
    : receive;
  return createAnswerHttpEvent({
    receive(request, { isFromUrl, abort }) {
      return (isFromUrl ? receiveStranger : receive)(request, abort ? { abort } : {});
    },
    unreadable(message) {
      const refusal = unreadableEvent(message);
      options.emit("request.refused", { transport: "http", ...refusal });
      return refused(refusal, { headers: {} });
    },
  });
}
