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

describeQueueReader("the fake queue", fake);
describeOrderedQueue("the fake queue", fake);

async function fake() {
  const clock = createManualClock();
  const queue = createFakeQueue({ clock });
  return { queue, reader: queue, pass: (seconds: number) => clock.advance(seconds * 1000) };
}
