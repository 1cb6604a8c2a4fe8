import { type Clock, monotonic } from "../clock.ts";
import type { QueueReader, ReceivedMessage } from "../queue/queue-reader.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { createDeletions } from "./deletions.ts";
import type { DeliverMessages } from "./deliver-messages.ts";

/** Times in milliseconds. */
export interface DrainOptions {
  readonly reader: QueueReader;
  readonly deliverMessages: DeliverMessages;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Messages that one round takes at most; default 128. */
  readonly maxMessages?: number;
  /** Rounds at a time, so that the next one is read while the last one is sent; default 2. */
  readonly concurrency?: number;
  /** What one round may take; the lease is twice that. Default 30 s. */
  readonly roundMs?: number;
}

/** Works on a queue until it is stopped. */
export interface Drain {
  /** Takes no further messages; resolves when those in hand are settled. Exports under way end early. */
  stop(): Promise<void>;
}

const waitSeconds = 20;
/** Between rounds while nothing but an outage comes of them, doubling; what one export finds out is enough for all. */
const pauseMs = { initial: 250, max: 5000 };

/** Delivers what is in a queue, for as long as the process lives; slows down while the destination is down. */
export function startDrain(options: DrainOptions): Drain {
  const { reader, deliverMessages, clock, emit, maxMessages = 128, concurrency = 2, roundMs = 30_000 } = options;
  const stop = new AbortController();
  const deletions = createDeletions(options);
  const working = Array.from({ length: concurrency }, work);

  return {
    async stop() {
      stop.abort();
      await Promise.all(working);
      await deletions.now([]);
    },
  };

  async function work(): Promise<void> {
    let pause = 0;
    while (!stop.signal.aborted) {
      if (pause > 0) await clock.sleep(pause, stop.signal);
      const isFine = stop.signal.aborted || (await round());
      pause = isFine ? 0 : Math.min(pauseMs.max, Math.max(pauseMs.initial, pause * 2));
    }
  }

  /** Whether the next round may follow at once. */
  async function round(): Promise<boolean> {
    const leaseSeconds = (2 * roundMs) / 1000;
    const received = await reader.receive({ maxMessages, leaseSeconds, waitSeconds, inRuns: true, abort: stop.signal });
    if (received.kind === "failed") {
      emit("queue.failed", { operation: "receive", reason: received.reason });
      return false;
    }
    if (received.messages.length === 0) return true;
    return deliver(received.messages);
  }

  async function deliver(messages: readonly ReceivedMessage[]): Promise<boolean> {
    const { staying, isOutage } = await deliverMessages(messages, {
      deadlineAt: monotonic(clock) + roundMs,
      abort: stop.signal,
    });
    const kept = new Set(staying);
    const done = messages.filter(({ id }) => !kept.has(id)).map(({ receiptHandle }) => receiptHandle);
    // The next message of a shard waits for the deletion of what was before it.
    if (messages.some(({ shard }) => shard !== undefined)) await deletions.now(done);
    else deletions.soon(done);
    return !isOutage;
  }
}
