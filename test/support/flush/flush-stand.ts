import type { SQSEvent, SQSRecord } from "aws-lambda";
import { createFlush, type Flush, type FlushOptions } from "../../../functions/flush.ts";
import type { Batch } from "../../../shared/batch/batch.ts";
import { formats } from "../../../shared/batch/formats.ts";
import { grafanaCloudDestination } from "../../../shared/config/destinations.ts";
import type { Destinations } from "../../../shared/delivery/destination.ts";
import type { Transport } from "../../../shared/delivery/transport.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { createEnqueue } from "../../../shared/queue/enqueue.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import { secret } from "../../../shared/secret.ts";
import type { SignalName } from "../../../shared/signal.ts";
import { userAgent } from "../../../shared/user-agent.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { itemNames, type NamedItems, requestOf } from "../otlp/item-names.ts";
import { unpack } from "../otlp/unpack.ts";
import {
  createMemoryQueue,
  type MemoryMessage,
  type MemoryQueue,
  type MemoryQueueOptions,
} from "../queue/memory-queue.ts";
import { type EmittedEvent, recordEvents } from "../record-events.ts";
import { seededRandom } from "../seeded-random.ts";

export interface FlushStandOptions extends Partial<Omit<FlushOptions, "queue" | "deadLetters" | "reader" | "clock">> {
  /** Where the destination is; unused where `destinations` is given. */
  readonly endpoint?: string;
  readonly seed?: number;
  readonly faults?: MemoryQueueOptions["fault"];
  readonly deadLetterFaults?: MemoryQueueOptions["fault"];
  /** Environments of the function: each remembers outages by itself. Default 1. */
  readonly environments?: number;
}

export interface FlushStand {
  readonly clock: ManualClock;
  readonly queue: MemoryQueue;
  readonly deadLetters: MemoryQueue;
  readonly events: EmittedEvent[];
  /** The function of the first environment. */
  readonly flush: Flush;
  /** Accepts a request as ingest would. */
  accept(signal: SignalName, items: NamedItems): Promise<void>;
  /** One invocation with up to `max` messages; undefined when none is visible. */
  invoke(max?: number): Promise<"done" | "failed" | undefined>;
  /** Invokes until the queue is empty, letting time pass where nothing is visible; false after `maxHours`. */
  drain(options?: { readonly max?: number; readonly maxHours?: number; readonly stepMs?: number }): Promise<boolean>;
  /** What is in the dead-letter queue. */
  letters(): readonly Batch[];
  /** Names of the parked items, and of those still queued. */
  parkedItems(): Promise<string[]>;
  queuedItems(): Promise<string[]>;
  count(name: EmittedEvent["name"]): number;
}

/** The real flush function between a queue in memory and a destination, in time that the test moves. */
export function createFlushStand(options: FlushStandOptions = {}): FlushStand {
  const { endpoint = "http://127.0.0.1:9", seed = 1, environments = 1 } = options;
  const clock = createManualClock();
  const random = seededRandom(seed);
  const events: EmittedEvent[] = [];
  const emit = recordEvents(events);
  const visibilityMs = 420_000;
  const queue = createMemoryQueue({ clock, visibilityMs, ...(options.faults && { fault: options.faults }) });
  const parkFaults = options.deadLetterFaults;
  const deadLetters = createMemoryQueue({ clock, ...(parkFaults && { fault: parkFaults }) });
  const { maxExportBytes = 4 * 2 ** 20 } = options;
  const maxBatchBytes = maxExportBytes;
  const accept = createEnqueue({ queue, destination: "grafana-cloud", clock, emit, maxBatchBytes });
  const transport = options.transport ?? createHttpTransport();
  let serial = 0;
  const flushes = Array.from({ length: environments }, () =>
    createFlush({
      destinations: oneDestination(endpoint),
      userAgent,
      random,
      newId: () => `letter-${++serial}`,
      emit,
      maxExportBytes,
      maxExportItems: 20_000,
      exportTimeoutMs: 1000,
      baseMs: 5000,
      maxMs: 300_000,
      ...options,
      transport,
      queue,
      deadLetters,
      reader: queue,
      clock,
    }),
  );
  let turn = 0;

  async function invoke(max = 100): Promise<"done" | "failed" | undefined> {
    const messages = queue.receive(max);
    if (messages.length === 0) return undefined;
    const flush = flushes[turn++ % flushes.length] as Flush;
    try {
      const { batchItemFailures } = await flush(eventOf(messages), { getRemainingTimeInMillis: () => 60_000 });
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { id } of messages) if (!failed.has(id)) queue.remove(id);
      return "done";
    } catch {
      return "failed";
    }
  }

  async function drain({ max = 100, maxHours = 24, stepMs = 1000 } = {}): Promise<boolean> {
    const endAt = clock.now() + maxHours * 3_600_000;
    while (queue.messages.size > 0) {
      if (clock.now() > endAt) return false;
      if ((await invoke(max)) === undefined) clock.advance(stepMs);
    }
    return true;
  }

  return {
    flush: flushes[0] as Flush,
    clock,
    queue,
    deadLetters,
    events,
    async accept(signal, items) {
      const accepted = await accept({
        format: `otlp/${signal}`,
        items: items.names.length,
        bytes: requestOf(signal, items),
      });
      if (accepted.kind !== "accepted") throw new Error(`not accepted: ${accepted.reason}`);
    },
    invoke,
    drain,
    letters: () => [...deadLetters.messages.values()].flatMap(({ body }) => batchOf(body)),
    parkedItems: () => itemsIn(deadLetters),
    queuedItems: () => itemsIn(queue),
    count: (name) => events.filter((event) => event.name === name).length,
  };
}

/** The configured destination, without any rotation of its credentials. */
export function oneDestination(endpoint: string, apiKey = "glc_test"): Destinations {
  const destination = grafanaCloudDestination({ endpoint, instanceId: "123456", apiKey: secret(apiKey) });
  return { candidates: () => [destination], refused: async () => {} };
}

/** An SQS event as Lambda hands it over (Lambda guide, "Using Lambda with Amazon SQS"). */
export function eventOf(messages: readonly MemoryMessage[]): SQSEvent {
  return {
    Records: messages.map(
      (message): SQSRecord => ({
        messageId: message.id,
        receiptHandle: message.receiptHandle,
        body: message.body,
        attributes: {
          ApproximateReceiveCount: String(message.receiveCount),
          SentTimestamp: String(message.sentAt),
          SenderId: "AIDA",
          ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
        },
        messageAttributes: {},
        md5OfBody: "",
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:sluice-test",
        awsRegion: "us-east-1",
      }),
    ),
  };
}

/** Counts what it is asked and answers by `answer`, without a network: for simulations of many requests. */
export function countingTransport(
  answer: () => Awaited<ReturnType<Transport["post"]>>,
): Transport & { count(): number } {
  let count = 0;
  return {
    post: async () => {
      count += 1;
      return answer();
    },
    count: () => count,
  };
}

async function itemsIn(queue: MemoryQueue): Promise<string[]> {
  const batches = [...queue.messages.values()].flatMap(({ body }) => batchOf(body));
  const contents = await Promise.all(
    batches.map(async (batch) => itemNames(await unpack(batch), formats[batch.format].signal)),
  );
  return contents.flat();
}

function batchOf(body: string): Batch[] {
  const decoded = decodeEnvelope(body);
  return decoded.kind === "batch" ? [decoded.batch] : [];
}
