import { readBase64 } from "../shared/base64.ts";
import { asObject, parseObject } from "../shared/json-document.ts";

/** An invocation that failed for good, as Lambda gives it to the queue for failed events. */
export interface FailedInvocation {
  readonly messageId: string;
  /** The whole message. */
  readonly body: string;
  /** The event of that invocation; undefined where the message is something else. */
  readonly payload: unknown;
}

/** The data of a subscription's event, `{"awslogs": {"data": base64}}`; undefined for any other event. */
export function logsDataOf(event: unknown): Uint8Array | undefined {
  const data = asObject(asObject(event)?.awslogs)?.data;
  return typeof data === "string" ? readBase64(data) : undefined;
}

/** The failed invocations that an event of SQS brings; undefined for any other event (Lambda guide, "Invocation records"). */
export function failedInvocations(event: unknown): readonly FailedInvocation[] | undefined {
  const records = asObject(event)?.Records;
  if (!Array.isArray(records)) return undefined;
  return records.flatMap((record) => {
    const { messageId, body, eventSource } = asObject(record) ?? {};
    if (eventSource !== "aws:sqs" || typeof messageId !== "string") return [];
    const invocation = typeof body === "string" ? parseObject(new TextEncoder().encode(body)) : undefined;
    return [{ messageId, body: typeof body === "string" ? body : "", payload: invocation?.requestPayload }];
  });
}
