import type { Handled, QueueReader } from "./queue-reader.ts";

/**
 * Several queues as one to read, one after the other: nothing comes only when none of them has anything. Ids are unique among
 * them, as those of SQS are; receipts carry the number of their queue. What is kept longest counts as kept only as long as what is kept shortest.
 */
export function joinReaders(readers: readonly [QueueReader, ...QueueReader[]]): QueueReader {
  // Where something came from last: what has been emptied is not waited for each time.
  let current = 0;

  /** One call for each queue that receipts are of. */
  async function each<Item>(
    items: readonly Item[],
    parts: {
      readonly receiptOf: (item: Item) => string;
      readonly call: (reader: QueueReader, items: readonly Item[]) => Promise<Handled>;
    },
  ): Promise<Handled> {
    const failed = new Set<string>();
    let reason: string | undefined;
    for (const [index, reader] of readers.entries()) {
      const own = items.filter((item) => parts.receiptOf(item).startsWith(`${index}:`));
      if (own.length === 0) continue;
      const handled = await parts.call(reader, own);
      for (const receipt of handled.failed) failed.add(`${index}:${receipt}`);
      reason = handled.reason ?? reason;
    }
    return { failed, ...(reason !== undefined && { reason }) };
  }

  return {
    async receive(options) {
      for (let tried = 0; tried < readers.length; tried += 1) {
        const index = (current + tried) % readers.length;
        const received = await (readers[index] ?? readers[0]).receive(options);
        if (received.kind === "failed") return received;
        if (received.messages.length === 0) continue;
        current = index;
        const messages = received.messages.map((message) => ({
          ...message,
          receiptHandle: `${index}:${message.receiptHandle}`,
        }));
        return { kind: "received", messages };
      }
      return { kind: "received", messages: [] };
    },
    changeVisibility: (changes) =>
      each(changes, {
        receiptOf: ({ receiptHandle }) => receiptHandle,
        call: (reader, own) =>
          reader.changeVisibility(own.map((change) => ({ ...change, receiptHandle: bare(change.receiptHandle) }))),
      }),
    delete: (receipts) =>
      each(receipts, { receiptOf: (receipt) => receipt, call: (reader, own) => reader.delete(own.map(bare)) }),
    async status() {
      let [waiting, inFlight, retentionMs] = [0, 0, Number.POSITIVE_INFINITY];
      for (const reader of readers) {
        const status = await reader.status();
        if (status.kind === "failed") return status;
        waiting += status.waiting;
        inFlight += status.inFlight;
        retentionMs = Math.min(retentionMs, status.retentionMs);
      }
      return { kind: "read", waiting, inFlight, retentionMs };
    },
  };
}

function bare(receipt: string): string {
  return receipt.slice(receipt.indexOf(":") + 1);
}
