import type { ALBResult, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { fromAlbEvent, toAlbResult } from "../shared/aws/alb-event.ts";
import type { Carried } from "../shared/aws/lambda-event.ts";
import { fromUrlEvent, isUrlEvent, toUrlResult } from "../shared/aws/url-event.ts";
import { withoutAnyone } from "../shared/http/auth.ts";
import type { HttpAnswer } from "../shared/http/message.ts";
import { healthy, refused } from "../shared/receivers/otlp-http/answers.ts";
import { createReceive, type Receive, type ReceiveOptions } from "../shared/receivers/otlp-http/receive.ts";
import { unreadableEvent } from "../shared/receivers/otlp-http/refusals.ts";

/** What Lambda tells about the invocation, as far as ingest asks. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export interface IngestOptions extends ReceiveOptions {
  /** Whoever comes through a function URL or an HTTP API, which the internet reaches, must show a token or come with IAM. */
  readonly knowsStrangers?: boolean;
}

/** Answers an ALB event, a function URL event or an HTTP API event, each in its own shape. Never rejects. */
export type Ingest = (
  event: unknown,
  context?: InvocationContext,
) => Promise<ALBResult | APIGatewayProxyStructuredResultV2>;

// An answer that comes after Lambda's timeout is a 502 without a Retry-After: give up waiting a little earlier.
const reservedMs = 500;

/**
 * One OTLP export request in, one answer out: read the event, receive the request (`http/receive.ts`: decode, validate,
 * make durable), write the answer. The load balancer's health checks go no further.
 */
export function createIngest(options: IngestOptions): Ingest {
  const receive = createReceive(options);
  const receiveStranger = options.knowsStrangers
    ? createReceive({ ...options, auth: () => withoutAnyone(options.auth?.() ?? []) })
    : receive;

  return async function ingest(event, context) {
    const fromUrl = isUrlEvent(event);
    const carried = fromUrl ? fromUrlEvent(event) : fromAlbEvent(event);
    const answer = await respond(carried, fromUrl ? receiveStranger : receive, context);
    return fromUrl ? toUrlResult(answer) : toAlbResult(answer, event);
  };

  async function respond(carried: Carried, receiveIt: Receive, context?: InvocationContext): Promise<HttpAnswer> {
    switch (carried.kind) {
      case "health-check":
        return healthy("GET");
      case "unreadable": {
        const refusal = unreadableEvent(carried.message);
        options.emit("request.refused", { transport: "http", ...refusal });
        return refused(refusal, { headers: {} });
      }
      case "request": {
        const left = context && context.getRemainingTimeInMillis() - reservedMs;
        const deadline = left === undefined ? {} : { abort: AbortSignal.timeout(Math.max(1, left)) };
        return receiveIt(carried.request, deadline);
      }
    }
  }
}
