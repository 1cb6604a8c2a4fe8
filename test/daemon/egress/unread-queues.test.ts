import { describe, expect, it } from "vitest";
import { createUnreadQueues } from "../../../daemon/egress/unread-queues.ts";
import { deadLettersName } from "../../../shared/node/disk-queue/control.ts";
import { openStand, takeAll } from "../../support/disk/stand.ts";
import { type EmittedEvent, recordEvents } from "../../support/record-events.ts";

const minutes = 60_000;

async function open(path?: string) {
  const stand = await openStand(path === undefined ? {} : { path });
  const events: EmittedEvent[] = [];
  return { ...stand, told: events, look: createUnreadQueues(stand.storage, recordEvents(events)) };
}

describe("createUnreadQueues()", () => {
  it("tells once of a queue that was left behind when the address of its destination was changed, and measures it", async () => {
    const before = await open();
    const old = await before.storage.queue("loki.write.default/0a1b2c3d");
    await old.send(["a", "b"]);
    await before.storage.close();

    const { storage, clock, told, look } = await open(before.path);
    expect(storage.facts().queues.has("loki.write.default/0a1b2c3d")).toBe(false);
    await look();
    expect(storage.facts().queues.get("loki.write.default/0a1b2c3d")).toMatchObject({ messages: 2 });
    expect(told).toEqual([]);
    clock.advance(2 * minutes);
    await look();
    await look();
    expect(told).toEqual([
      {
        name: "storage.unread",
        fields: { queue: "loki.write.default/0a1b2c3d", messages: 2, bytes: expect.any(Number) },
      },
    ]);
    await storage.close();
  });

  it("says nothing of a queue that is read, whose messages wait for an outage to end, that is empty, or of dead letters", async () => {
    const { storage, queue, clock, told, look } = await open();
    await (await storage.queue(deadLettersName)).send(["dead"]);
    await storage.queue("empty");
    await queue.send(["a", "b"]);
    await takeAll(queue, 600);
    clock.advance(5 * minutes);
    await look();
    const abort = new AbortController();
    const receiving = queue.receive({ maxMessages: 1, leaseSeconds: 1, waitSeconds: 20_000, abort: abort.signal });
    clock.advance(4 * minutes);
    await look();
    expect(told).toEqual([]);
    abort.abort();
    await receiving;
    await storage.close();
  });

  it("tells of it again after somebody has read from it for a while", async () => {
    const { storage, queue, clock, told, look } = await open();
    await queue.send(["a"]);
    clock.advance(2 * minutes);
    await look();
    await takeAll(queue, 60);
    await look();
    clock.advance(1 * minutes);
    await look();
    clock.advance(2 * minutes);
    await look();
    expect(told).toHaveLength(2);
    await storage.close();
  });
});
