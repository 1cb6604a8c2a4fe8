import type { Clock } from "../clock.ts";
import type { QueueReader, ReceivedMessage } from "../queue/queue-reader.ts";

/** The messages that a walk has leased: hidden from everybody else. */
export interface Leases {
  size(): number;
  /** `sinceAt`: when they were asked for, milliseconds since the epoch; a message that is held already has a new receipt. */
  add(messages: readonly ReceivedMessage[], sinceAt: number): void;
  /** Prolongs what is half over. */
  renew(): Promise<void>;
  /** Whether nobody else can get the message within the next moment. */
  isHeld(message: ReceivedMessage): boolean;
  /** Deletes messages, trying a few times; answers with those whose deletion is not confirmed, by message id. */
  remove(
    messages: readonly ReceivedMessage[],
  ): Promise<{ readonly unconfirmed: ReadonlySet<string>; readonly reason?: string }>;
  /** Shows everything that is left at once. */
  release(): Promise<void>;
}

interface Lease {
  readonly receiptHandle: string;
  readonly untilAt: number;
}

const removals = 3;
const removalPauseMs = 200;

/** Leases messages for `leaseSeconds` at a time, for as long as they are renewed. */
export function createLeases(reader: QueueReader, clock: Clock, leaseSeconds: number): Leases {
  const leaseMs = leaseSeconds * 1000;
  // In the order in which they run out.
  const held = new Map<string, Lease>();

  function add(messages: readonly ReceivedMessage[], sinceAt: number): void {
    for (const { id, receiptHandle } of messages) put(id, { receiptHandle, untilAt: sinceAt + leaseMs });
  }

  function put(id: string, lease: Lease): void {
    held.delete(id);
    held.set(id, lease);
  }

  async function renew(): Promise<void> {
    const now = clock.now();
    const due: [string, Lease][] = [];
    for (const entry of held) {
      const { untilAt } = entry[1];
      if (untilAt - now > leaseMs / 2) break;
      // What has run out may be somebody else's by now.
      if (untilAt > now) due.push(entry);
    }
    if (due.length === 0) return;
    const { failed } = await reader.changeVisibility(
      due.map(([, { receiptHandle }]) => ({ receiptHandle, seconds: leaseSeconds })),
    );
    for (const [id, { receiptHandle }] of due) {
      if (!failed.has(receiptHandle)) put(id, { receiptHandle, untilAt: now + leaseMs });
    }
  }

  async function remove(messages: readonly ReceivedMessage[]) {
    let left = messages;
    let reason: string | undefined;
    for (let attempt = 0; attempt < removals && left.length > 0; attempt++) {
      if (attempt > 0) await clock.sleep(removalPauseMs * 2 ** attempt);
      const handled = await reader.delete(left.map(receiptOf));
      for (const message of left) if (!handled.failed.has(receiptOf(message))) held.delete(message.id);
      left = left.filter((message) => handled.failed.has(receiptOf(message)));
      reason = handled.reason;
    }
    const unconfirmed = new Set(left.map(({ id }) => id));
    return { unconfirmed, ...(left.length > 0 && reason !== undefined && { reason }) };
  }

  function receiptOf({ id, receiptHandle }: ReceivedMessage): string {
    return held.get(id)?.receiptHandle ?? receiptHandle;
  }

  return {
    size: () => held.size,
    add,
    renew,
    isHeld: ({ id }) => (held.get(id)?.untilAt ?? 0) - clock.now() > leaseMs / 4,
    remove,
    async release() {
      const changes = [...held.values()].map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 }));
      held.clear();
      if (changes.length > 0) await reader.changeVisibility(changes);
    },
  };
}
