import { type Backoff, delayAfter } from "../backoff.ts";
import type { Batch } from "../batch/batch.ts";
import { contentOf } from "../batch/content.ts";
import type { Outcome } from "../batch/outcome.ts";
import type { Clock, Random } from "../clock.ts";
import type { Emit } from "../telemetry/events.ts";
import type { Part } from "../wire/part-writer.ts";
import { createDeadLetterWriter } from "./dead-letter-writer.ts";
import { encodeFor, maxMessageBytes, payloadRoom } from "./envelope.ts";
import { pack, partOf } from "./pack.ts";
import type { Queue, QueueBody } from "./queue.ts";
import type { QueueReader, ReceivedMessage } from "./queue-reader.ts";
import type { Settlement } from "./settlement.ts";

export interface SettleOptions extends Backoff {
  /** Where the messages came from: takes what is left of a batch whose other part is settled. */
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** Hides messages for a while; what fails comes back at the queue's own timeout. */
  readonly reader: Pick<QueueReader, "changeVisibility">;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  /** Makes the ids of dead letters. */
  readonly newId: () => string;
  readonly emit: Emit;
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
 * explain (grafana/tempo#3831): it goes on in halves. What is as small as `leastHalved` is not the reason for anything.
 */
const halveAfterReceives = 10;
const leastHalvedBytes = 65_536;
/** Both halves have a resource and a scope. */
const repeatedBytes = 4096;
/** Half of the queue's retention: SQS deletes without a word what gets older than 14 days. */
const renewAfterMs = 7 * 86_400_000;

/**
 * Acts on outcomes and returns the ids of the messages that must stay in the queue; all others are to be deleted. What is
 * dead-lettered or sent again is confirmed by its queue first, so that a fault anywhere means twice, never lost. `late` ends the sending.
 */
export function createSettle(
  options: SettleOptions,
): (settlements: readonly Settlement[], late?: AbortSignal) => Promise<readonly string[]> {
  const { queue, deadLetters, reader, clock, emit } = options;
  const writeDeadLetters = createDeadLetterWriter(options);

  return async function settle(settlements, late) {
    const staying = new Map<string, { readonly message: ReceivedMessage; readonly outcome: Outcome }>();
    const requeued: Owned[] = [];
    const deadLettered: Owned[] = [];
    for (const settlement of settlements) {
      const { message, outcome } = settlement;
      const rest = await restOf(settlement);
      if (rest === "whole") staying.set(message.id, { message, outcome });
      else {
        requeued.push(...rest.map((body) => ({ message, outcome, body })));
        for (const letter of await writeDeadLetters(settlement)) deadLettered.push({ message, outcome, ...letter });
      }
    }
    await put(queue, "requeue", requeued);
    await put(
      deadLetters,
      "dead-letter",
      deadLettered.filter(({ message }) => !staying.has(message.id)),
    );
    await hide([...staying.values()]);
    return [...staying.keys()];

    async function put(target: Queue, operation: string, owned: readonly Owned[]): Promise<void> {
      if (owned.length === 0) return;
      const sent = await target.send(
        owned.map(({ body }) => body),
        late,
      );
      const unsent = new Set(sent.kind === "failed" ? sent.unsent : []);
      if (sent.kind === "failed") emit("queue.failed", { operation, reason: sent.reason });
      for (const [index, { message, outcome, tell }] of owned.entries()) {
        if (unsent.has(index)) staying.set(message.id, { message, outcome });
        else tell?.();
      }
    }
  };

  async function hide(staying: readonly Pick<Settlement, "message" | "outcome">[]): Promise<void> {
    if (staying.length === 0) return;
    const changes = staying.map(({ message, outcome }) => {
      return { receiptHandle: message.receiptHandle, seconds: Math.ceil(delayOf(message, outcome) / 1000) };
    });
    const { failed, reason = "" } = await reader.changeVisibility(changes);
    if (failed.size > 0) emit("queue.failed", { operation: "change-visibility", reason });
  }

  function delayOf({ receiveCount }: ReceivedMessage, outcome: Outcome): number {
    const retry = outcome.kind === "retry" ? outcome : outcome.kind === "partial" ? outcome.rest?.retry : undefined;
    // What there was no time for is next in line.
    if (retry?.cause === "not-tried") return 0;
    const afterMs = retry?.afterMs;
    return delayAfter(receiveCount, { ...options, ...(afterMs !== undefined && { afterMs }) });
  }

  /** Sent anew, a message starts with a fresh receive count and a fresh retention. */
  function isOld({ receiveCount, sentAt }: ReceivedMessage): boolean {
    if (options.renews === false) return false;
    return receiveCount >= renewAfterReceives || clock.now() - sentAt >= renewAfterMs;
  }

  /** What is to be sent in place of this message; `whole` where it must stay as it is. */
  async function restOf({ message, batch, outcome }: Settlement): Promise<readonly QueueBody[] | "whole"> {
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
    return (await anew(batch, outcome.rest, bytes.length)) ?? "whole";
  }

  async function halvesOf(batch: Batch, { receiveCount }: ReceivedMessage): Promise<readonly QueueBody[] | undefined> {
    if (receiveCount < halveAfterReceives || batch.items < 2 || batch.bytes <= leastHalvedBytes) return undefined;
    const bytes = await contentOf(batch);
    return bytes && anew(batch, { bytes, items: batch.items }, Math.ceil(bytes.length / 2) + repeatedBytes);
  }

  /** Part of a batch, or all of it, as messages of its own; undefined where that cannot be, or was done too often. */
  async function anew(batch: Batch, part: Part, maxBatchBytes: number): Promise<readonly QueueBody[] | undefined> {
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

interface Owned {
  readonly message: ReceivedMessage;
  readonly outcome: Outcome;
  readonly body: QueueBody;
  /** Says what happened, once the queue has confirmed it. */
  readonly tell?: () => void;
}
