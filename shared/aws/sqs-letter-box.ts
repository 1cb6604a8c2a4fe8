import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Handled, LetterBox, LetterBoxStatus, LetterMessage, Received } from "../dead-letters/letter-box.ts";
import { awsProblem } from "./aws-problem.ts";
import { readQueueStatus } from "./queue-status.ts";

/** Most messages of one call (SQS ReceiveMessage, DeleteMessageBatch, ChangeMessageVisibilityBatch). */
const maxEntries = 10;
const concurrency = 4;

export interface SqsLetterBoxOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** How long a receive waits where nothing is visible: a wait makes SQS ask all its servers. Default 1 s. */
  readonly waitSeconds?: number;
  /** Most time of one call with all its attempts, milliseconds; default 10 s. */
  readonly timeoutMs?: number;
}

interface BatchAnswer {
  readonly Failed?:
    | readonly {
        readonly Id: string | undefined;
        readonly Code: string | undefined;
        readonly Message?: string | undefined;
      }[]
    | undefined;
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
}

/** The dead-letter queue in SQS. What a call neither confirms nor refuses counts as failed. */
export function createSqsLetterBox(options: SqsLetterBoxOptions): LetterBox {
  const { client, queueUrl, waitSeconds = 1, timeoutMs = 10_000 } = options;
  const resource = `queue ${queueUrl}`;

  async function receive(holdSeconds: number): Promise<Received> {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: maxEntries,
      VisibilityTimeout: holdSeconds,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["SentTimestamp"],
    });
    try {
      const { Messages = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return { kind: "received", messages: Messages.map(messageOf) };
    } catch (error) {
      return { kind: "failed", reason: awsProblem(error, { action: "sqs:ReceiveMessage", resource }) };
    }
  }

  function hide(receiptHandles: readonly string[], seconds: number): Promise<Handled> {
    return inCalls(receiptHandles, "sqs:ChangeMessageVisibility", (entries, abortSignal) => {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: seconds }));
      return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }), { abortSignal });
    });
  }

  function remove(receiptHandles: readonly string[]): Promise<Handled> {
    return inCalls(receiptHandles, "sqs:DeleteMessage", (Entries, abortSignal) =>
      client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }), { abortSignal }),
    );
  }

  async function inCalls(
    receiptHandles: readonly string[],
    action: string,
    call: (entries: { Id: string; ReceiptHandle: string }[], abort: AbortSignal) => Promise<BatchAnswer>,
  ): Promise<Handled> {
    const failed = new Set<string>();
    let reason: string | undefined;
    const calls = Array.from({ length: Math.ceil(receiptHandles.length / maxEntries) }, (_, at) =>
      receiptHandles.slice(at * maxEntries, (at + 1) * maxEntries),
    );
    for (let at = 0; at < calls.length; at += concurrency)
      await Promise.all(calls.slice(at, at + concurrency).map(one));
    return { failed, ...(reason !== undefined && { reason }) };

    async function one(handles: readonly string[]): Promise<void> {
      const entries = handles.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }));
      try {
        const { Failed = [], Successful = [] } = await call(entries, AbortSignal.timeout(timeoutMs));
        const done = new Set(Successful.map(({ Id }) => Id));
        for (const { Id, ReceiptHandle } of entries) if (!done.has(Id)) failed.add(ReceiptHandle);
        const [first] = Failed;
        if (first) reason = `${action} failed: ${first.Code}, ${first.Message ?? "no message"}`;
      } catch (error) {
        for (const handle of handles) failed.add(handle);
        reason = awsProblem(error, { action, resource });
      }
    }
  }

  async function status(): Promise<LetterBoxStatus> {
    const read = await readQueueStatus(client, { url: queueUrl, name: queueUrl });
    if (read.kind === "failed") return read;
    return { kind: "read", waiting: read.waiting, inFlight: read.inFlight, retentionMs: read.retentionSeconds * 1000 };
  }

  return { receive, hide, remove, status };
}

function messageOf(message: {
  MessageId?: string | undefined;
  ReceiptHandle?: string | undefined;
  Body?: string | undefined;
  Attributes?: Partial<Record<string, string>> | undefined;
}): LetterMessage {
  const { MessageId: id = "", ReceiptHandle: receiptHandle = "", Body: body = "", Attributes = {} } = message;
  return { id, receiptHandle, body, sentAt: Number(Attributes.SentTimestamp ?? 0) };
}
