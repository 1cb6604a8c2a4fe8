import { openStand, takeAll } from "../../support/disk/stand.ts";
import { describeQueue } from "../../support/queue/queue-contract.ts";
import { describeOrderedQueue, describeQueueReader, describeRuns } from "../../support/queue/queue-reader-contract.ts";

describeQueue("the disk queue", async () => {
  const { queue } = await openStand();
  return { queue, bodies: async () => (await takeAll(queue)).map(({ body }) => String(body)) };
});

describeQueueReader("the disk queue", disk);
describeOrderedQueue("the disk queue", disk);
describeRuns("the disk queue", disk);

async function disk() {
  const { queue, storage, clock } = await openStand();
  return {
    queue,
    reader: queue,
    pass: (seconds: number) => clock.advance(seconds * 1000),
    stop: () => storage.close(),
  };
}
