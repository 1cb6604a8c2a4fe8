import type { ALBResult, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { fromAlbEvent, toAlbResult } from "../shared/aws/lambda/alb-event.ts";
import type { Carried } from "../shared/aws/lambda/lambda-event.ts";
import { fromUrlEvent, isUrlEvent, toUrlResult } from "../shared/aws/lambda/url-event.ts";
import type { HttpAnswer, HttpRequest } from "../shared/http/message.ts";
import { healthy } from "../shared/receivers/otlp-http/answers.ts";

/** What Lambda tells about the invocation, as far as handlers ask. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Answers an ALB event, a function URL event or an HTTP API event, each in its own shape. Never rejects. */
export type AnswerHttpEvent = (
  event: unknown,
  context?: InvocationContext,
) => Promise<ALBResult | APIGatewayProxyStructuredResultV2>;

/** What is known of a request beside it. */
export interface Carriage {
  /** Whether it came through a function URL or an HTTP API, which the internet reaches. */
  readonly isFromUrl: boolean;
  /** Ends the waiting for durability. */
  readonly abort?: AbortSignal;
}

export interface HttpEventOptions {
  /** Answers a request. Never rejects. */
  readonly receive: (request: HttpRequest, carriage: Carriage) => Promise<HttpAnswer>;
  /** The answer to an event that no request can be read from. */
  readonly unreadable: (message: string) => HttpAnswer;
}

// An answer that comes after Lambda's timeout is a 502 without a Retry-After: give up waiting a little earlier.
const reservedMs = 500;

/** Carries requests from Lambda's events to a receiver, and its answers back. The load balancer's health checks go no further. */
export function createAnswerHttpEvent({ receive, unreadable }: HttpEventOptions): AnswerHttpEvent {
  return async function answerHttpEvent(event, context) {
    const isFromUrl = isUrlEvent(event);
    const carried = isFromUrl ? fromUrlEvent(event) : fromAlbEvent(event);
    const answer = await respond(carried, { isFromUrl, ...deadlineOf(context) });
    return isFromUrl ? toUrlResult(answer) : toAlbResult(answer, event);
  };

  async function respond(carried: Carried, carriage: Carriage): Promise<HttpAnswer> {
    switch (carried.kind) {
      case "health-check":
        return healthy("GET");
      case "unreadable":
        return unreadable(carried.message);
      case "request":
        return receive(carried.request, carriage);
    }
  }
}

function deadlineOf(context: InvocationContext | undefined): { abort?: AbortSignal } {
  const left = context && context.getRemainingTimeInMillis() - reservedMs;
  return left === undefined ? {} : { abort: AbortSignal.timeout(Math.max(1, left)) };
}
