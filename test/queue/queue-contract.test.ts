import { describe, expect, it } from "vitest";
import { joinReaders } from "../../shared/queue/joined-reader.ts";
import type { Queue } from "../../shared/queue/queue.ts";
import type { QueueReader } from "../../shared/queue/queue-reader.ts";
import { createRoutedQueue } from "../../shared/queue/routed-queue.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createFakeQueue } from "../support/queue/fake-queue.ts";
import { createMemoryQueue } from "../support/queue/memory-queue.ts";
import { describeQueue } from "../support/queue/queue-contract.ts";
import { describeOrderedQueue, describeQueueReader } from "../support/queue/queue-reader-contract.ts";

describeQueue("the queue in memory", async () => {
  const queue = createMemoryQueue({ clock: createManualClock() });
  return { queue, bodies: () => [...queue.messages.values()].map(({ body }) => body) };
});

describeQueue("the fake queue", async () => {
  const queue = createFakeQueue({ clock: createManualClock() });
  return { queue, bodies: () => queue.bodies().map(String) };
});

describeQueue("several queues as one", async () => {
  const clock = createManualClock();
  const queues = [createFakeQueue({ clock }), createFakeQueue({ clock })] as const;
  return { queue: routed(queues), bodies: () => queues.flatMap((each) => each.bodies().map(String)) };
});

describeQueueReader("several queues as one", async () => {
  const clock = createManualClock();
  const queues = [createFakeQueue({ clock }), createFakeQueue({ clock })] as const;
  return {
    queue: routed(queues),
    reader: joinReaders([queues[0], withOwnIds(queues[1])]),
    pass: (seconds: number) => clock.advance(seconds * 1000),
  };
});

describe("createRoutedQueue()", () => {
  it("says which bodies the one queue did not take, and sends the others", async () => {
    const taking = createFakeQueue({ clock: createManualClock() });
    const queue = createRoutedQueue({
      nameOf: (body) => (body.length > 1 ? "absent" : "there"),
      queueOf: async (name) => (name === "there" ? taking : { problem: "there is none" }),
    });
    expect(await queue.send(["a", "bb", "c", "dd"])).toEqual({
      kind: "failed",
      reason: "there is none",
      unsent: [1, 3],
    });
    expect(taking.bodies()).toEqual(["a", "c"]);
  });
});

/** Ids that are unique among queues, as those of SQS are. */
function withOwnIds(reader: QueueReader): QueueReader {
  return {
    ...reader,
    async receive(options) {
      const received = await reader.receive(options);
      if (received.kind === "failed") return received;
      return { ...received, messages: received.messages.map((message) => ({ ...message, id: `own-${message.id}` })) };
    },
  };
}

function routed([odd, even]: readonly [Queue, Queue]): Queue {
  return createRoutedQueue({
    nameOf: (body) => (Buffer.from(body).reduce((sum, byte) => sum + byte, 0) % 2 === 1 ? "odd" : "even"),
    queueOf: async (name) => (name === "odd" ? odd : even),
  });
}

describeQueueReader("the fake queue", fake);
describeOrderedQueue("the fake queue", fake);

async function fake() {
  const clock = createManualClock();
  const queue = createFakeQueue({ clock });
  return { queue, reader: queue, pass: (seconds: number) => clock.advance(seconds * 1000) };
}
