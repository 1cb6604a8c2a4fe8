import { randomUUID } from "node:crypto";
import type { Batch } from "../../shared/batch/batch.ts";
import type { Clock } from "../../shared/clock.ts";
import type { DeliverOptions } from "../../shared/delivery/deliver.ts";
import { createDeliverMessages } from "../../shared/drain/deliver-messages.ts";
import { startDrain } from "../../shared/drain/drain.ts";
import { encodeFor } from "../../shared/queue/envelope.ts";
import type { OrderedQueue, Queue } from "../../shared/queue/queue.ts";
import type { QueueReader } from "../../shared/queue/queue-reader.ts";

/** How what is in order reaches one destination. */
export interface OrderedEgressOptions extends DeliverOptions {
  /** Its log: what is in it is durable, and leaves it in order. */
  readonly queue: OrderedQueue & QueueReader;
  readonly deadLetters: Queue;
  readonly clock: Clock;
  /** Told when the log takes nothing, and again when it does: undefined. */
  readonly onProblem?: (problem: string | undefined) => void;
}

/** The way of an ordered format (samples, log streams): first to the disk, then to the destination, shard by shard. */
export interface OrderedEgress {
  /**
   * Resolves when the batches are durable. While the log takes nothing, they wait, and what comes behind them in their shard too.
   * Rejects only when `abort` ends the waiting.
   */
  append(shard: string, batches: readonly Batch[], abort?: AbortSignal): Promise<void>;
  /** Resolves when nothing waits for the log. */
  idle(): Promise<void>;
  /** Stops delivering; what is in the log stays there. */
  stop(): Promise<void>;
}

const retryMs = 1_000;

/** Starts to deliver what is in the log of a destination, and takes more. */
export function startOrderedEgress(options: OrderedEgressOptions): OrderedEgress {
  const { queue, deadLetters, clock, emit, onProblem } = options;
  const shards = new Map<string, Promise<void>>();
  const deliverMessages = createDeliverMessages({
    ...options,
    queue,
    deadLetters,
    reader: queue,
    renews: false,
    newId: randomUUID,
  });
  const drain = startDrain({ reader: queue, deliverMessages, clock, emit });

  async function write(shard: string, batches: readonly Batch[], abort?: AbortSignal): Promise<void> {
    let bodies = batches.map((batch) => encodeFor(queue, batch));
    for (;;) {
      const sent = await queue.sendInOrder(shard, bodies);
      onProblem?.(sent.kind === "sent" ? undefined : sent.reason);
      if (sent.kind === "sent") return;
      emit("queue.failed", { operation: "send", reason: sent.reason });
      bodies = sent.unsent.flatMap((index) => bodies[index] ?? []);
      if (abort?.aborted) throw new Error(`stopped before it was durable: ${sent.reason}`);
      await clock.sleep(sent.retryAfterMs ?? retryMs, abort);
    }
  }

  return {
    append(shard, batches, abort) {
      const before = shards.get(shard) ?? Promise.resolve();
      const writing = before.then(() => write(shard, batches, abort));
      // Whoever comes next waits for this one, however it ends.
      const settled = writing.catch(() => {});
      shards.set(shard, settled);
      void settled.then(() => {
        if (shards.get(shard) === settled) shards.delete(shard);
      });
      return writing;
    },
    async idle() {
      while (shards.size > 0) await Promise.all(shards.values());
    },
    stop: () => drain.stop(),
  };
}
