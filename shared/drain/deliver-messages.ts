import { type Clock, monotonic } from "../clock.ts";
import { createDeliver, type DeliverOptions } from "../delivery/deliver.ts";
import { heldBack } from "../delivery/lanes.ts";
import { decodeEnvelope } from "../queue/envelope.ts";
import type { ReceivedMessage } from "../queue/queue-reader.ts";
import { createSettle, type SettleOptions } from "../queue/settle.ts";
import type { Settlement } from "../queue/settlement.ts";

export type DeliverMessagesOptions = DeliverOptions & SettleOptions & { readonly clock: Clock };

/** What became of received messages. */
export interface Settled {
  /** Ids of the messages that must stay in the queue; all others are to be deleted. */
  readonly staying: readonly string[];
  /** Nothing but an outage came of it, and every message stays: slow down. */
  readonly isOutage: boolean;
}

/** Times of `monotonic(clock)`. */
export interface DeliverMessagesTimes {
  /** By when delivering has ended. */
  readonly deadlineAt: number;
  /** By when what is sent to queues has ended: a message whose parts are not confirmed by then stays. Absent: as long as it takes. */
  readonly settleBy?: number;
  readonly abort?: AbortSignal;
}

/** Delivers received messages and settles them. Never rejects. */
export type DeliverMessages = (messages: readonly ReceivedMessage[], times: DeliverMessagesTimes) => Promise<Settled>;

/** From messages to outcomes and back: the same for the flush function and for a daemon that drains its own queue. */
export function createDeliverMessages(options: DeliverMessagesOptions): DeliverMessages {
  const deliver = createDeliver(options);
  const settle = createSettle(options);

  return async function deliverMessages(messages, { deadlineAt, settleBy, abort }) {
    const decoded = messages.map((message) => ({ message, content: decodeEnvelope(message.body) }));
    const receives = new Map(
      decoded.flatMap(({ message, content }) =>
        content.kind === "batch" ? [[content.batch, message.receiveCount] as const] : [],
      ),
    );
    const shards = new Map(
      decoded.flatMap(({ message: { shard }, content }) =>
        content.kind === "batch" && shard !== undefined ? [[content.batch, shard] as const] : [],
      ),
    );
    const outcomes = await deliver([...receives.keys()], { deadlineAt, receives, shards, ...(abort && { abort }) });
    const settlements = decoded.map(({ message, content }): Settlement => {
      if (content.kind === "undecodable")
        return { message, outcome: { ...content, kind: "rejected", reason: content.kind } };
      return { message, batch: content.batch, outcome: outcomes.get(content.batch) ?? unanswered };
    });
    const staying = await within(settleBy, (late) => settle(settlements, late));
    const isStuck = staying.length === messages.length && settlements.every(isWaiting);
    return { staying, isOutage: isStuck && settlements.some(isOutage) };
  };

  async function within<T>(endsAt: number | undefined, work: (late?: AbortSignal) => Promise<T>): Promise<T> {
    if (endsAt === undefined) return work();
    const late = new AbortController();
    const over = new AbortController();
    void options.clock.sleep(Math.max(0, endsAt - monotonic(options.clock)), over.signal).then(() => late.abort());
    return work(late.signal).finally(() => over.abort("no longer waited for"));
  }
}

const unanswered = { kind: "retry", reason: "no outcome", cause: "not-tried" } as const;

function isWaiting({ outcome }: Settlement): boolean {
  return outcome === heldBack || (outcome.kind === "retry" && outcome.cause !== "not-tried");
}

function isOutage({ outcome }: Settlement): boolean {
  return outcome.kind === "retry" && outcome.cause === "outage";
}
