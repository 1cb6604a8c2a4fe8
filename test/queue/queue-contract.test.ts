import { createManualClock } from "../support/manual-clock.ts";
import { createMemoryQueue } from "../support/queue/memory-queue.ts";
import { describeQueue } from "../support/queue/queue-contract.ts";

describeQueue("the queue in memory", async () => {
  const queue = createMemoryQueue({ clock: createManualClock() });
  return { queue, bodies: () => [...queue.messages.values()].map(({ body }) => body) };
});
