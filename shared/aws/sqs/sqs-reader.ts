import type { Message } from "@aws-sdk/client-sqs";
import type {
  Handled,
  QueueReader,
  QueueStatus,
  Received,
  ReceivedMessage,
  ReceiveOptions,
  VisibilityChange,
} from "../../queue/queue-reader.ts";
import { awsProblem } from "../aws-problem.ts";
import { readQueueStatus } from "./queue-status.ts";
import type { Sqs } from "./sqs.ts";

/** Most messages of one call (SQS ReceiveMessage, DeleteMessageBatch, ChangeMessageVisibilityBatch). */
const maxEntries = 10;
const concurrency = 4;
const systemAttributes = ["SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"] as const;

export interface SqsReaderOptions {
  readonly client: Omit<Sqs, "sendMessageBatch">;
  readonly queueUrl: string;
  /** Most time of one call with all its attempts, beside the waiting for a first message, milliseconds; default 10 s. */
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

/** The reading side of a queue in SQS. What a call neither confirms nor refuses counts as failed. */
export function createSqsReader({ client, queueUrl, timeoutMs = 10_000 }: SqsReaderOptions): QueueReader {
  const resource = `queue ${queueUrl}`;

  async function receive({ maxMessages, leaseSeconds, waitSeconds = 0, abort }: ReceiveOptions): Promise<Received> {
    const input = {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(maxEntries, maxMessages),
      VisibilityTimeout: leaseSeconds,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: [...systemAttributes],
    };
    const timeout = AbortSignal.timeout(timeoutMs + waitSeconds * 1000);
    try {
      const abortSignal = abort ? AbortSignal.any([abort, timeout]) : timeout;
      const { Messages = [] } = await client.receiveMessage(input, { abortSignal });
      return { kind: "received", messages: Messages.map(messageOf) };
    } catch (error) {
      if (abort?.aborted) return { kind: "received", messages: [] };
      return { kind: "failed", reason: awsProblem(error, { action: "sqs:ReceiveMessage", resource }) };
    }
  }

  function changeVisibility(changes: readonly VisibilityChange[]): Promise<Handled> {
    return inCalls(changes, "sqs:ChangeMessageVisibility", (part, abortSignal) => {
      const Entries = part.map(({ receiptHandle, seconds }, at) => {
        return { Id: String(at), ReceiptHandle: receiptHandle, VisibilityTimeout: seconds };
      });
      return client.changeMessageVisibilityBatch({ QueueUrl: queueUrl, Entries }, { abortSignal });
    });
  }

  function remove(receiptHandles: readonly string[]): Promise<Handled> {
    const named = receiptHandles.map((receiptHandle) => ({ receiptHandle }));
    return inCalls(named, "sqs:DeleteMessage", (part, abortSignal) => {
      const Entries = part.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle }));
      return client.deleteMessageBatch({ QueueUrl: queueUrl, Entries }, { abortSignal });
    });
  }

  async function inCalls<Entry extends { readonly receiptHandle: string }>(
    entries: readonly Entry[],
    action: string,
    call: (part: readonly Entry[], abort: AbortSignal) => Promise<BatchAnswer>,
  ): Promise<Handled> {
    const failed = new Set<string>();
    let reason: string | undefined;
    const calls = Array.from({ length: Math.ceil(entries.length / maxEntries) }, (_, at) =>
      entries.slice(at * maxEntries, (at + 1) * maxEntries),
    );
    for (let at = 0; at < calls.length; at += concurrency) {
      await Promise.all(calls.slice(at, at + concurrency).map(one));
    }
    return { failed, ...(reason !== undefined && { reason }) };

    async function one(part: readonly Entry[]): Promise<void> {
      try {
        const { Failed = [], Successful = [] } = await call(part, AbortSignal.timeout(timeoutMs));
        const done = new Set(Successful.map(({ Id }) => Id));
        for (const [at, { receiptHandle }] of part.entries()) if (!done.has(String(at))) failed.add(receiptHandle);
        const [first] = Failed;
        if (first) reason = `${action} failed: ${first.Code}, ${first.Message ?? "no message"}`;
      } catch (error) {
        for (const { receiptHandle } of part) failed.add(receiptHandle);
        reason = awsProblem(error, { action, resource });
      }
    }
  }

  async function status(): Promise<QueueStatus> {
    const read = await readQueueStatus(client, queueUrl);
    if (read.kind === "failed") return read;
    return { kind: "read", waiting: read.waiting, inFlight: read.inFlight, retentionMs: read.retentionSeconds * 1000 };
  }

  return { receive, changeVisibility, delete: remove, status };
}

function messageOf({ MessageId = "", ReceiptHandle = "", Body = "", Attributes = {} }: Message): ReceivedMessage {
  const { SentTimestamp = 0, ApproximateReceiveCount = 1, ApproximateFirstReceiveTimestamp = 0 } = Attributes;
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    receiveCount: Number(ApproximateReceiveCount),
    sentAt: Number(SentTimestamp),
    firstReceivedAt: Number(ApproximateFirstReceiveTimestamp),
  };
}
