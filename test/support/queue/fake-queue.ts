import type { Clock } from "../../../shared/clock.ts";
import type { OrderedQueue, QueueBody, SendOutcome } from "../../../shared/queue/queue.ts";
import type { Handled, QueueReader, ReceivedMessage } from "../../../shared/queue/queue-reader.ts";

export interface FakeQueue extends OrderedQueue, QueueReader {
  /** Bodies of all messages, visible or not, oldest first. */
  bodies(): readonly QueueBody[];
}

export interface FakeQueueOptions {
  readonly clock: Pick<Clock, "now">;
  /** Asked before every operation: a reason makes it fail. */
  readonly fault?: (operation: "send" | "receive" | "changeVisibility" | "delete") => string | undefined;
  readonly retentionMs?: number;
}

interface Kept {
  readonly id: string;
  readonly body: QueueBody;
  readonly sentAt: number;
  readonly shard?: string;
  receiveCount: number;
  firstReceivedAt: number;
  visibleAt: number;
  receiptHandle: string;
}

/** A queue in memory, both sides of it: leases, receive counts, shards, and faults on demand. */
export function createFakeQueue(options: FakeQueueOptions): FakeQueue {
  const { clock, fault = () => undefined, retentionMs = 14 * 86_400_000 } = options;
  const kept = new Map<string, Kept>();
  let serial = 0;

  function put(bodies: readonly QueueBody[], shard?: string): SendOutcome {
    const reason = fault("send");
    if (reason !== undefined) return { kind: "failed", reason, unsent: [...bodies.keys()] };
    const now = clock.now();
    for (const body of bodies) {
      const id = `message-${++serial}`;
      const fresh = { receiveCount: 0, firstReceivedAt: 0, visibleAt: now, receiptHandle: "" };
      kept.set(id, { id, body, sentAt: now, ...fresh, ...(shard !== undefined && { shard }) });
    }
    return { kind: "sent" };
  }

  function each(operation: "changeVisibility" | "delete", handles: readonly string[], act: Act): Handled {
    const reason = fault(operation);
    const failed = new Set<string>();
    for (const [at, handle] of handles.entries()) {
      const message = kept.get(handle.slice(0, handle.indexOf("/")));
      if (reason === undefined && message?.receiptHandle === handle) act(message, at);
      else failed.add(handle);
    }
    return { failed, ...(reason !== undefined && { reason }) };
  }

  function take(maxMessages: number, leaseSeconds: number): readonly ReceivedMessage[] {
    const now = clock.now();
    const heads = new Set<string>();
    const taken: ReceivedMessage[] = [];
    for (const message of kept.values()) {
      if (taken.length === maxMessages) break;
      const { shard } = message;
      const isHead = shard === undefined || !heads.has(shard);
      if (shard !== undefined) heads.add(shard);
      if (!isHead || message.visibleAt > now) continue;
      message.receiveCount += 1;
      message.firstReceivedAt ||= now;
      message.visibleAt = now + leaseSeconds * 1000;
      message.receiptHandle = `${message.id}/${message.receiveCount}`;
      const { visibleAt: _, ...received } = message;
      taken.push({ ...received });
    }
    return taken;
  }

  return {
    send: async (bodies) => put(bodies),
    sendInOrder: async (shard, bodies) => put(bodies, shard),
    async receive({ maxMessages, leaseSeconds }) {
      const reason = fault("receive");
      if (reason !== undefined) return { kind: "failed", reason };
      return { kind: "received", messages: take(maxMessages, leaseSeconds) };
    },
    changeVisibility: async (changes) =>
      each(
        "changeVisibility",
        changes.map(({ receiptHandle }) => receiptHandle),
        (message, at) => {
          message.visibleAt = clock.now() + (changes[at]?.seconds ?? 0) * 1000;
        },
      ),
    delete: async (handles) => each("delete", handles, ({ id }) => kept.delete(id)),
    async status() {
      const inFlight = [...kept.values()].filter(({ visibleAt }) => visibleAt > clock.now()).length;
      return { kind: "read", waiting: kept.size - inFlight, inFlight, retentionMs };
    },
    bodies: () => [...kept.values()].map(({ body }) => body),
  };
}

type Act = (message: Kept, at: number) => void;
