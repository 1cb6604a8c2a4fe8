import { ChangeMessageVisibilityBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Postpone } from "../queue/settle.ts";
import { awsProblem } from "./aws-problem.ts";

/** Most entries of one batch call (SQS ChangeMessageVisibilityBatch). */
const maxEntries = 10;
const concurrency = 4;

export interface SqsPostponeOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** Most time of one batch call with all its attempts, milliseconds; default 5 s. */
  readonly timeoutMs?: number;
}

/** Hides received messages for a while by their visibility timeout; what fails comes back at the queue's own timeout. */
export function createSqsPostpone(options: SqsPostponeOptions): Postpone {
  const { client, queueUrl, timeoutMs = 5000 } = options;

  return async function postpone(messages) {
    const failures: string[] = [];
    const calls = Array.from({ length: Math.ceil(messages.length / maxEntries) }, (_, call) =>
      messages.slice(call * maxEntries, (call + 1) * maxEntries),
    );
    for (let at = 0; at < calls.length; at += concurrency) {
      const answers = await Promise.all(calls.slice(at, at + concurrency).map(change));
      failures.push(...answers.flat());
    }
    return { failed: failures.length, ...(failures[0] !== undefined && { reason: failures[0] }) };
  };

  async function change(messages: Parameters<Postpone>[0]): Promise<readonly string[]> {
    const command = new ChangeMessageVisibilityBatchCommand({
      QueueUrl: queueUrl,
      Entries: messages.map(({ receiptHandle, seconds }, at) => ({
        Id: String(at),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      })),
    });
    try {
      const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return (answer.Failed ?? []).map(({ Code, Message }) => `${Code}: ${Message ?? "no message"}`);
    } catch (error) {
      const reason = awsProblem(error, { action: "sqs:ChangeMessageVisibility", resource: queueUrl });
      return messages.map(() => reason);
    }
  }
}
