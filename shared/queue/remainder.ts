import type { Batch } from "../batch/batch.ts";
import { contentOf } from "../batch/content.ts";
import type { Clock } from "../clock.ts";
import type { Part } from "../wire/part-writer.ts";
import { encodeFor, maxMessageBytes, payloadRoom } from "./envelope.ts";
import { pack, partOf } from "./pack.ts";
import type { Queue, QueueBody } from "./queue.ts";
import type { ReceivedMessage } from "./queue-reader.ts";
import type { Settlement } from "./settlement.ts";

export interface RemainderOptions {
  /** Where the messages came from: takes what is left of a batch whose other part is settled. */
  readonly queue: Queue;
  readonly clock: Pick<Clock, "now">;
  /**
   * Whether an old message is sent again as a new one, before its queue drops it unseen; default true. The disk queue tells
   * what it drops, and keeps its messages' age.
   */
  readonly renews?: boolean;
}

/**
 * Beyond this, what is left of a batch is no longer sent as a new message: the whole message waits. Lambda stops a
 * function that keeps writing to its own queue after about 16 rounds.
 */
const maxRequeues = 8;
/** Well below the receive limit of the queue (infra/queue.yml), which would dead-letter good data in a long outage. */
const renewAfterReceives = 900;
/**
 * A batch alone that has come this often and is still answered 429 may be too large for a limit that the answer does not
 * explain (grafana/tempo#3831): it goes on in halves. What is as small as `minHalved` is not the reason for anything.
 */
const halveAfterReceives = 10;
const minHalvedBytes = 65_536;
/** Both halves have a resource and a scope. */
const repeatedBytes = 4096;
/** Half of the queue's retention: SQS deletes without a word what gets older than 14 days. */
const renewAfterMs = 7 * 86_400_000;

/** Makes of a settlement what is to be sent in place of its message; `whole` where the message must stay as it is. */
export function createRemainder(
  options: RemainderOptions,
): (settlement: Settlement) => Promise<readonly QueueBody[] | "whole"> {
  const { queue, clock } = options;

  return async function remainderOf({ message, batch, outcome }) {
    // Sent again as a new message it would come after what was sent later: where order matters it stays, as a whole.
    if (message.shard !== undefined && (outcome.kind === "retry" || (outcome.kind === "partial" && outcome.rest))) {
      return "whole";
    }
    if (outcome.kind === "retry") {
      const halves = batch && outcome.cause === "throttled" && (await halvesOf(batch, message));
      return halves || (isOld(message) ? [message.body] : "whole");
    }
    if (outcome.kind !== "partial" || !outcome.rest || !batch) return [];
    const { bytes } = outcome.rest;
    return (await inParts(batch, outcome.rest, bytes.length)) ?? "whole";
  };

  /** Sent again, a message starts with a fresh receive count and a fresh retention. */
  function isOld({ receiveCount, sentAt }: ReceivedMessage): boolean {
    if (options.renews === false) return false;
    return receiveCount >= renewAfterReceives || clock.now() - sentAt >= renewAfterMs;
  }

  async function halvesOf(batch: Batch, { receiveCount }: ReceivedMessage): Promise<readonly QueueBody[] | undefined> {
    if (receiveCount < halveAfterReceives || batch.items < 2 || batch.bytes <= minHalvedBytes) return undefined;
    const bytes = await contentOf(batch);
    return bytes && inParts(batch, { bytes, items: batch.items }, Math.ceil(bytes.length / 2) + repeatedBytes);
  }

  /** Part of a batch, or all of it, as messages of its own; undefined where that cannot be, or was done too often. */
  async function inParts(batch: Batch, part: Part, maxBatchBytes: number): Promise<readonly QueueBody[] | undefined> {
    const { destination, acceptedAt } = batch;
    const requeues = (batch.history?.requeues ?? 0) + 1;
    if (requeues > maxRequeues) return undefined;
    const packed = await pack(partOf(batch, part), {
      destination,
      acceptedAt,
      maxBatchBytes,
      maxPayloadBytes: payloadRoom(queue.messageLimit?.() ?? maxMessageBytes),
    });
    if (packed.rejected) return undefined;
    const history = { ...batch.history, requeues };
    return packed.batches.map((each) => encodeFor(queue, { ...each, history }));
  }
}
