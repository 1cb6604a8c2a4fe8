import type { Queue, QueueBody } from "../../../shared/queue/queue.ts";
import type { QueueReader, ReceivedMessage } from "../../../shared/queue/queue-reader.ts";
import type { SimDice } from "./dice.ts";
import type { Records } from "./records.ts";
import type { QueueFault } from "./scenario.ts";
import type { Story } from "./story.ts";
import type { VirtualTime } from "./virtual-time.ts";

interface Kept extends ReceivedMessage {
  readonly body: string;
  /** Elapsed time: a clock that is set wrong shows nothing too early. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  receiptHandle: string;
}

/** SQS as the simulation has it: takes time, fails as drawn, delivers at least once. */
export interface SimQueue {
  /** What one process sees of it; once that is dead, nothing is sent any more and no answer comes. */
  sender(process: string, isDead: () => boolean): Queue;
  readonly changeVisibility: QueueReader["changeVisibility"];
  receive(max: number, leaseMs: number): ReceivedMessage[];
  remove(id: string): void;
  bodies(): readonly string[];
  readonly size: number;
  /** When the next hidden message shows; infinity where there is none. */
  nextVisibleAt(): number;
}

export interface SimQueueOptions {
  readonly time: VirtualTime;
  readonly dice: SimDice;
  readonly story: Story;
  readonly records: Records;
  readonly name: QueueFault["of"];
  readonly faults: readonly QueueFault[];
  readonly maxMessageBytes: number;
}

/** An empty queue. */
export function createSimQueue({
  time,
  dice,
  story,
  records,
  name,
  faults,
  maxMessageBytes,
}: SimQueueOptions): SimQueue {
  const kept = new Map<string, Kept>();
  let serial = 0;

  const faultNow = () =>
    faults.find(({ of, fromMs, toMs }) => of === name && fromMs <= time.elapsed() && time.elapsed() < toMs);
  const trip = () => new Promise<void>((resolve) => void time.after(1 + dice.random() * 10, resolve));

  function put(body: string): void {
    const id = `${name}-${++serial}`;
    const now = time.now();
    const fresh = { receiveCount: 0, firstReceivedAt: now, visibleAt: time.elapsed(), receiptHandle: "" };
    kept.set(id, { id, body, sentAt: now, ...fresh });
  }

  return {
    sender: (process, isDead) => ({
      messageLimit: () => maxMessageBytes,
      async send(bodies: readonly QueueBody[]) {
        if (isDead()) return new Promise(() => {});
        await trip();
        const fault = faultNow();
        // A call that fails as a whole may have been taken all the same.
        const isWhole = fault !== undefined && dice.chance(0.5);
        const lost = isWhole && dice.chance(fault.share);
        const stored = lost && dice.chance(0.2);
        const unsent: number[] = [];
        for (const [index, body] of bodies.entries()) {
          const fails =
            lost || body.length > maxMessageBytes || (!isWhole && fault !== undefined && dice.chance(fault.share));
          if (fails) unsent.push(index);
          if (!fails || (stored && body.length <= maxMessageBytes)) put(String(body));
          const held = records.read(payloadOf(String(body)));
          story.tell(
            `${process} → ${name}: ${held.length} records${fails ? " → failed" : ""}`,
            held.map(({ id }) => id),
          );
        }
        if (isDead()) return new Promise(() => {});
        if (unsent.length === 0) return { kind: "sent" };
        return { kind: "failed", reason: `${name} failed`, unsent };
      },
    }),
    async changeVisibility(changes) {
      await trip();
      const fault = faultNow();
      const failed = new Set<string>();
      for (const { receiptHandle, seconds } of changes) {
        const message = kept.get(receiptHandle.slice(0, receiptHandle.indexOf("/")));
        if (message?.receiptHandle !== receiptHandle || (fault && dice.chance(fault.share))) failed.add(receiptHandle);
        else message.visibleAt = time.elapsed() + seconds * 1000;
      }
      return { failed, ...(failed.size > 0 && { reason: "some failed" }) };
    },
    receive(max, leaseMs) {
      const taken: ReceivedMessage[] = [];
      for (const message of kept.values()) {
        if (taken.length === max) break;
        if (message.visibleAt > time.elapsed()) continue;
        message.receiveCount++;
        message.visibleAt = time.elapsed() + leaseMs;
        message.receiptHandle = `${message.id}/${message.receiveCount}`;
        taken.push({ ...message });
      }
      return taken;
    },
    remove(id) {
      kept.delete(id);
    },
    bodies: () => [...kept.values()].map(({ body }) => body),
    get size() {
      return kept.size;
    },
    nextVisibleAt: () => Math.min(Number.POSITIVE_INFINITY, ...[...kept.values()].map(({ visibleAt }) => visibleAt)),
  };
}

/** The payload of an envelope, without the code under test. */
export function payloadOf(body: string): Uint8Array {
  return Buffer.from(body.slice(body.indexOf("\n") + 1), "base64");
}
