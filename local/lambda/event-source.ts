import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { Clock } from "../../shared/clock.ts";
import type { QueueReader } from "../../shared/queue/queue-reader.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { failuresOf } from "./batch-response.ts";
import { invokeInTime, type LocalFunction } from "./invocation.ts";
import { toRecord } from "./sqs-record.ts";

/** An event-source mapping's settings, and the function behind it; times in milliseconds. */
export interface EventSourceOptions {
  readonly reader: QueueReader;
  /** The visibility timeout of the queue. */
  readonly leaseSeconds: number;
  readonly queueArn: string;
  readonly invoke: LocalFunction<SQSEvent>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Makes the request ids of invocations. */
  readonly newId: () => string;
  readonly batchSize?: number;
  /** How long a batch that is not full waits for more. */
  readonly windowMs?: number;
  /** The function's timeout: later than this is an error. */
  readonly timeoutMs?: number;
  /** Batches in progress at a time. */
  readonly concurrency?: number;
  readonly waitSeconds?: number;
}

export interface EventSource {
  /** Works until the queue has nothing visible left or `deadlineMs` is over; then stops for good. Idempotent. */
  drain(deadlineMs: number): Promise<void>;
}

const maxPayloadBytes = 6 * 1024 * 1024;
const maxReceive = 10;
const firstBackoffMs = 500;
const lastBackoffMs = 30_000;
const pauseMs = 50;

/**
 * Polls a queue and invokes a function as Lambda's event-source mapping for SQS does (Lambda guide, "Using Lambda with
 * Amazon SQS"): batches by count, window and 6 MB of event, deletes what succeeded, leaves what failed to its
 * visibility timeout, and slows down while whole batches fail.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { reader, leaseSeconds, queueArn, invoke, clock, emit, newId } = options;
  const { batchSize = 10, windowMs = 0, timeoutMs = 30_000, concurrency = 2, waitSeconds = 20 } = options;
  const cut = new AbortController();
  const hurry = new AbortController();
  let draining: Promise<void> | undefined;
  const pollers = Array.from({ length: concurrency }, poll);

  return {
    drain(deadlineMs) {
      draining ??= drain(deadlineMs);
      return draining;
    },
  };

  async function drain(deadlineMs: number): Promise<void> {
    hurry.abort();
    const deadline = setTimeout(() => cut.abort(), deadlineMs);
    await Promise.race([Promise.all(pollers), new Promise((resolve) => cut.signal.addEventListener("abort", resolve))]);
    clearTimeout(deadline);
    cut.abort();
  }

  async function poll(): Promise<void> {
    const left: Held[] = [];
    let backoffMs = 0;
    while (!cut.signal.aborted) {
      if (backoffMs > 0) await clock.sleep(backoffMs, hurry.signal);
      const batch = await gather(left);
      if (batch?.length === 0 && hurry.signal.aborted) return;
      if (batch?.length === 0) continue;
      const worked = batch !== undefined && (await work(batch));
      if (!worked && hurry.signal.aborted) return;
      backoffMs = worked ? 0 : Math.min(Math.max(firstBackoffMs, backoffMs * 2), lastBackoffMs);
    }
  }

  /** One batch, from `left` and the queue; what passes the 6 MB stays in `left`. Undefined when receiving failed. */
  async function gather(left: Held[]): Promise<readonly Held[] | undefined> {
    const closesAt = clock.now() + windowMs;
    while (left.length < batchSize && fitting(left) === left.length) {
      const patient = left.length === 0 && !hurry.signal.aborted;
      const received = await receive(Math.min(maxReceive, batchSize - left.length), patient ? waitSeconds : 0);
      if (received === undefined && left.length === 0) return undefined;
      left.push(...(received ?? []));
      if (left.length === 0 || hurry.signal.aborted || clock.now() >= closesAt) break;
      if (!received?.length) await clock.sleep(Math.min(pauseMs, windowMs), hurry.signal);
    }
    return left.splice(0, fitting(left));
  }

  async function receive(count: number, wait: number): Promise<Held[] | undefined> {
    const received = await reader.receive({ maxMessages: count, leaseSeconds, waitSeconds: wait, abort: cut.signal });
    if (received.kind === "received") return received.messages.map((message) => hold(toRecord(message, queueArn)));
    emit("queue.failed", { operation: "receive", reason: received.reason });
    return undefined;
  }

  /** Whether the function took the batch, in part at least. */
  async function work(batch: readonly Held[]): Promise<boolean> {
    const records = batch.map(({ record }) => record);
    const failed = await failuresIn(records);
    if (failed === "all") return false;
    await remove(records.filter(({ messageId }) => !failed.has(messageId)));
    return true;
  }

  async function failuresIn(records: SQSRecord[]): Promise<ReadonlySet<string> | "all"> {
    try {
      const response = await invokeInTime(invoke, { Records: records }, { timeoutMs, awsRequestId: newId() });
      return failuresOf(response, new Set(records.map(({ messageId }) => messageId)));
    } catch (error) {
      emit("invocation.failed", { function: "flush", error: describe(error) });
      return "all";
    }
  }

  async function remove(records: readonly SQSRecord[]): Promise<void> {
    const { failed, reason = "" } = await reader.delete(records.map(({ receiptHandle }) => receiptHandle));
    if (failed.size > 0) emit("queue.failed", { operation: "delete", reason });
  }
}

/** A message that was received and not yet handed over, with its size in the event. */
interface Held {
  readonly record: SQSRecord;
  readonly bytes: number;
}

function hold(record: SQSRecord): Held {
  return { record, bytes: Buffer.byteLength(JSON.stringify(record)) };
}

/** How many of `held`, from the first, fit the 6 MB of an event; one always does. */
function fitting(held: readonly Held[]): number {
  let bytes = '{"Records":[]}'.length;
  const over = held.findIndex((each, index) => {
    bytes += each.bytes + ",".length;
    return bytes > maxPayloadBytes && index > 0;
  });
  return over < 0 ? held.length : over;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error).slice(0, 500);
}
