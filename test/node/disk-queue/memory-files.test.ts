import { describe, expect, it } from "vitest";
import { openMemoryStorage } from "../../../daemon/egress/open-storage.ts";
import { createMemoryFiles } from "../../../shared/node/disk-queue/memory-files.ts";
import { openStand } from "../../support/disk/stand.ts";
import { type EmittedEvent, recordEvents } from "../../support/record-events.ts";

const lock = () => ({ release: () => {} });

describe("createMemoryFiles()", () => {
  it("holds a queue as the disk does, in order, until what is deleted gives its space back", async () => {
    const { queue, storage, clock } = await openStand({ path: "memory", files: createMemoryFiles(), lock });
    for (let round = 0; round < 40; round++) {
      const bodies = [new Uint8Array(100_000).fill(round), new Uint8Array(100_000).fill(round + 100)];
      expect(await queue.sendInOrder("s", bodies)).toEqual({ kind: "sent" });
      for (const expected of bodies) {
        const received = await queue.receive({ maxMessages: 10, leaseSeconds: 30 });
        const messages = received.kind === "received" ? received.messages : [];
        expect(messages.map(({ body }) => Buffer.from(body as Uint8Array).equals(expected))).toEqual([true]);
        await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
      }
      clock.advance(1_000);
      await storage.upkeep();
    }
    expect(queue.facts()).toMatchObject({ messages: 0 });
    expect(queue.facts().bytes).toBeLessThan(40 * 200_000);
    expect(await storage.names()).toEqual(["main"]);
    await storage.close();
  });

  it("says that a file is there, or is not", async () => {
    const files = createMemoryFiles();
    await expect(files.open("d/a", "read")).rejects.toMatchObject({ code: "ENOENT" });
    const file = await files.open("d/a", "create");
    await expect(files.open("d/a", "create")).rejects.toMatchObject({ code: "EEXIST" });
    await file.write([Uint8Array.of(1, 2), Uint8Array.of(3)], 2);
    await file.truncate(4);
    await file.write([Uint8Array.of(9)], 5);
    const into = new Uint8Array(10);
    expect([await file.read(into, 0), ...into.subarray(0, 6)]).toEqual([6, 0, 0, 1, 2, 0, 9]);
    await files.rename("d/a", "d/b");
    expect(await files.list("d")).toEqual(["b"]);
  });
});

describe("openMemoryStorage()", () => {
  it("says that what waits is lost with the process, and takes no more than it may", async () => {
    const events: EmittedEvent[] = [];
    const emit = recordEvents(events);
    const storage = await openMemoryStorage({ maxBytes: 1_000, maxAgeMs: 1_000, emit, setting: "--storage.path" });
    expect(events).toMatchObject([{ name: "storage.memory", fields: { setting: "--storage.path", maxBytes: 1_000 } }]);
    const queue = await storage.queue("q");
    expect(await queue.sendInOrder("s", [new Uint8Array(2_000)])).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("is full"),
    });
    await storage.close();
  });
});
