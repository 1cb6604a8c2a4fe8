import type { Clock } from "../clock.ts";
import type { LetterBox, LetterMessage } from "./letter-box.ts";

/** The messages that a walk keeps hidden from everybody else. */
export interface Holds {
  size(): number;
  /** `sinceAt`: when they were asked for, milliseconds since the epoch; a message that is held already has a new receipt. */
  add(messages: readonly LetterMessage[], sinceAt: number): void;
  /** Prolongs what is half over. */
  renew(): Promise<void>;
  /** Whether nobody else can get the message within the next moment. */
  isFirm(message: LetterMessage): boolean;
  /** Deletes messages, trying a few times; answers with those whose deletion is not confirmed, by message id. */
  remove(
    messages: readonly LetterMessage[],
  ): Promise<{ readonly unconfirmed: ReadonlySet<string>; readonly reason?: string }>;
  /** Shows everything that is left at once. */
  release(): Promise<void>;
}

interface Held {
  readonly receiptHandle: string;
  readonly untilAt: number;
}

const removals = 3;
const removalPauseMs = 200;

/** Holds messages for `holdSeconds` at a time, for as long as they are renewed. */
export function createHolds(box: LetterBox, clock: Clock, holdSeconds: number): Holds {
  const holdMs = holdSeconds * 1000;
  // In the order in which they run out.
  const held = new Map<string, Held>();

  function add(messages: readonly LetterMessage[], sinceAt: number): void {
    for (const { id, receiptHandle } of messages) put(id, { receiptHandle, untilAt: sinceAt + holdMs });
  }

  function put(id: string, hold: Held): void {
    held.delete(id);
    held.set(id, hold);
  }

  async function renew(): Promise<void> {
    const now = clock.now();
    const due: [string, Held][] = [];
    for (const entry of held) {
      const { untilAt } = entry[1];
      if (untilAt - now > holdMs / 2) break;
      // What has run out may be somebody else's by now.
      if (untilAt > now) due.push(entry);
    }
    if (due.length === 0) return;
    const { failed } = await box.hide(
      due.map(([, { receiptHandle }]) => receiptHandle),
      holdSeconds,
    );
    for (const [id, { receiptHandle }] of due) {
      if (!failed.has(receiptHandle)) put(id, { receiptHandle, untilAt: now + holdMs });
    }
  }

  async function remove(messages: readonly LetterMessage[]) {
    let left = messages;
    let reason: string | undefined;
    for (let attempt = 0; attempt < removals && left.length > 0; attempt++) {
      if (attempt > 0) await clock.sleep(removalPauseMs * 2 ** attempt);
      const handled = await box.remove(left.map(receiptOf));
      for (const message of left) if (!handled.failed.has(receiptOf(message))) held.delete(message.id);
      left = left.filter((message) => handled.failed.has(receiptOf(message)));
      reason = handled.reason;
    }
    const unconfirmed = new Set(left.map(({ id }) => id));
    return { unconfirmed, ...(left.length > 0 && reason !== undefined && { reason }) };
  }

  function receiptOf({ id, receiptHandle }: LetterMessage): string {
    return held.get(id)?.receiptHandle ?? receiptHandle;
  }

  return {
    size: () => held.size,
    add,
    renew,
    isFirm: ({ id }) => (held.get(id)?.untilAt ?? 0) - clock.now() > holdMs / 4,
    remove,
    async release() {
      const receipts = [...held.values()].map(({ receiptHandle }) => receiptHandle);
      held.clear();
      if (receipts.length > 0) await box.hide(receipts, 0);
    },
  };
}
