import { describe, expect, it } from "vitest";
import type { Clock } from "../../shared/clock.ts";
import { startDrain } from "../../shared/drain/drain.ts";
import type { ReceivedMessage } from "../../shared/queue/queue-reader.ts";
import { createFakeQueue, type FakeQueueOptions } from "../support/queue/fake-queue.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

/** Sleeping takes no time; what was slept is written down. */
function createStand(fault?: FakeQueueOptions["fault"]) {
  const slept: number[] = [];
  const clock: Clock = {
    now: Date.now,
    async sleep(ms) {
      slept.push(ms);
      await new Promise(setImmediate);
    },
  };
  const queue = createFakeQueue({ clock, ...(fault && { fault }) });
  const events: EmittedEvent[] = [];
  // An empty queue waits a little, as a real one does.
  const reader: typeof queue = {
    ...queue,
    async receive(options) {
      await new Promise(setImmediate);
      return queue.receive(options);
    },
  };
  return { slept, clock, queue, reader, events, emit: recordEvents(events) };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; turns < 2000 && !isSo(); turns++) await new Promise(setImmediate);
  expect(isSo()).toBe(true);
}

describe("startDrain()", () => {
  it("deletes what was settled and leaves what must stay", async () => {
    const { queue, ...stand } = createStand();
    const seen: ReceivedMessage[] = [];
    await queue.send(["a", "b", "c"]);
    const drain = startDrain({
      ...stand,
      async deliverMessages(messages) {
        seen.push(...messages);
        return { staying: messages.filter(({ body }) => body === "b").map(({ id }) => id), isOutage: false };
      },
    });
    await until(() => queue.bodies().length === 1);
    await drain.stop();
    expect(queue.bodies()).toEqual(["b"]);
    expect(seen.map(({ body }) => body)).toEqual(["a", "b", "c"]);
  });

  it("slows down while nothing but an outage comes of it", async () => {
    const { queue, slept, ...stand } = createStand();
    await queue.send(["a"]);
    const drain = startDrain({
      ...stand,
      concurrency: 1,
      async deliverMessages(messages) {
        await queue.changeVisibility(messages.map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 })));
        return { staying: messages.map(({ id }) => id), isOutage: true };
      },
    });
    await until(() => slept.length >= 8);
    await drain.stop();
    expect(slept.slice(0, 8)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
    expect(queue.bodies()).toEqual(["a"]);
  });

  it("tells a queue that fails, slows down, and goes on when it works again", async () => {
    let isBroken = true;
    const { queue, slept, events, ...stand } = createStand((operation) =>
      operation === "receive" && isBroken ? "no disk" : undefined,
    );
    await queue.send(["a"]);
    const drain = startDrain({ ...stand, deliverMessages: async () => ({ staying: [], isOutage: false }) });
    await until(() => slept.length >= 3);
    expect(events[0]).toEqual({ name: "queue.failed", fields: { operation: "receive", reason: "no disk" } });
    isBroken = false;
    await until(() => queue.bodies().length === 0);
    await drain.stop();
  });

  it("waits for the messages in hand when it is stopped, and takes no others", async () => {
    const { queue, ...stand } = createStand();
    await queue.send(["a"]);
    let isInHand = false;
    const drain = startDrain({
      ...stand,
      concurrency: 1,
      deliverMessages: (_, { abort }) =>
        new Promise((resolve) => {
          isInHand = true;
          abort?.addEventListener("abort", () => setImmediate(() => resolve({ staying: [], isOutage: false })));
        }),
    });
    await until(() => isInHand);
    await queue.send(["b"]);
    await drain.stop();
    expect(queue.bodies()).toEqual(["b"]);
  });
});
