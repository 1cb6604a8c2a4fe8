import type { Clock } from "../../../shared/clock.ts";
import type { Queue } from "../../../shared/queue/queue.ts";
import type { QueueReader } from "../../../shared/queue/queue-reader.ts";

export interface MemoryMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  visibleAt: number;
  receiptHandle: string;
}

export interface MemoryQueueOptions {
  readonly clock: Pick<Clock, "now">;
  /** What `receive` hides messages for; default 60 s. */
  readonly visibilityMs?: number;
  /** Asked before every operation: a reason makes it fail. Of a send, only for that body. */
  readonly fault?: (operation: "send" | "change-visibility" | "remove") => string | undefined;
}

export interface MemoryQueue extends Queue, Pick<QueueReader, "changeVisibility"> {
  readonly messages: Map<string, MemoryMessage>;
  /** Takes up to `max` visible messages, oldest first, and hides them. */
  receive(max: number): MemoryMessage[];
  /** Deletes by id; false when the queue failed to. */
  remove(id: string): boolean;
  /** Messages that nobody sees now. */
  inFlight(): number;
}

/** A standard queue of SQS in memory: visibility timeouts, receive counts, at-least-once, and faults on demand. */
export function createMemoryQueue(options: MemoryQueueOptions): MemoryQueue {
  const { clock, visibilityMs = 60_000, fault = () => undefined } = options;
  const messages = new Map<string, MemoryMessage>();
  let serial = 0;

  async function send(bodies: readonly string[]) {
    const unsent: number[] = [];
    let reason = "";
    for (const [index, body] of bodies.entries()) {
      const failure = fault("send");
      if (failure !== undefined) {
        unsent.push(index);
        reason = failure;
        continue;
      }
      const id = `message-${++serial}`;
      const now = clock.now();
      const fresh = { id, body, sentAt: now, receiveCount: 0, firstReceivedAt: 0, visibleAt: now, receiptHandle: "" };
      messages.set(id, fresh);
    }
    return unsent.length === 0 ? ({ kind: "sent" } as const) : ({ kind: "failed", reason, unsent } as const);
  }

  const changeVisibility: QueueReader["changeVisibility"] = async (changes) => {
    const failed = new Set<string>();
    let reason: string | undefined;
    for (const { receiptHandle, seconds } of changes) {
      const failure = fault("change-visibility");
      const message = [...receipts(receiptHandle)][0];
      if (failure === undefined && message) message.visibleAt = clock.now() + seconds * 1000;
      else failed.add(receiptHandle);
      reason ??= failure;
    }
    return { failed, ...(reason !== undefined && { reason }) };
  };

  function receipts(handle: string): MemoryMessage[] {
    const message = messages.get(handle.slice(0, handle.indexOf("/")));
    return message?.receiptHandle === handle ? [message] : [];
  }

  function receive(max: number): MemoryMessage[] {
    const now = clock.now();
    const taken: MemoryMessage[] = [];
    for (const message of messages.values()) {
      if (taken.length === max) break;
      if (message.visibleAt > now) continue;
      message.receiveCount += 1;
      message.firstReceivedAt ||= now;
      message.visibleAt = now + visibilityMs;
      message.receiptHandle = `${message.id}/${message.receiveCount}`;
      taken.push(message);
    }
    return taken;
  }

  function remove(id: string): boolean {
    return fault("remove") === undefined && messages.delete(id);
  }

  function inFlight(): number {
    const now = clock.now();
    return [...messages.values()].filter((message) => message.visibleAt > now).length;
  }

  return { messages, send, changeVisibility, receive, remove, inFlight };
}
