import type { Clock } from "../clock.ts";
import { afterMs } from "../clock.ts";
import type { QueueReader } from "../queue/queue-reader.ts";
import type { Emit } from "../telemetry/events/events.ts";

export interface DeletionsOptions {
  readonly reader: Pick<QueueReader, "delete">;
  readonly clock: Pick<Clock, "sleep" | "after">;
  readonly emit: Emit;
}

/** Deletes messages that are done with. */
export interface Deletions {
  /** Deletes them soon, with others. */
  soon(receiptHandles: readonly string[]): void;
  /** Deletes them, and what was to be deleted soon; resolves when the queue has confirmed or refused all of it. */
  now(receiptHandles: readonly string[]): Promise<void>;
}

/**
 * A deletion by itself costs as much processor as an export's bookkeeping, most of it the way to the thread that writes and back. A process
 * that is killed within this time may deliver again what it had delivered in it, as it may what it was delivering.
 */
const gatherMs = 50;
/** Memory of receipts is bounded, and leases with them. */
const maxGathered = 1000;

/** Gathers deletions, so that one call has all that come within a moment. */
export function createDeletions({ reader, clock, emit }: DeletionsOptions): Deletions {
  let gathered: string[] = [];
  let cancel: (() => void) | undefined;
  const underWay = new Set<Promise<void>>();

  function flush(): void {
    cancel?.();
    cancel = undefined;
    if (gathered.length === 0) return;
    const receipts = gathered;
    gathered = [];
    const deleting = remove(receipts).finally(() => underWay.delete(deleting));
    underWay.add(deleting);
  }

  async function remove(receipts: readonly string[]): Promise<void> {
    const { failed, reason = "the message is no longer leased" } = await reader.delete(receipts);
    if (failed.size > 0) emit("queue.failed", { operation: "delete", reason });
  }

  return {
    soon(receiptHandles) {
      if (receiptHandles.length === 0) return;
      gathered.push(...receiptHandles);
      if (gathered.length >= maxGathered) flush();
      else cancel ??= afterMs(clock, gatherMs, flush);
    },
    async now(receiptHandles) {
      gathered.push(...receiptHandles);
      flush();
      await Promise.all(underWay);
    },
  };
}
