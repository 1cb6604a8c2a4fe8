import { describe, expect, it } from "vitest";
import type { Files } from "../../../shared/node/disk-queue/files.ts";
import { createMemoryFiles } from "../../../shared/node/disk-queue/memory-files.ts";
import { openStand } from "../../support/disk/stand.ts";

const lock = () => ({ release: () => {} });

/** Files that tell how often they are read, and how often it was written what became of records. */
function countedFiles(): { readonly files: Files; reads(): number; stateWrites(): number } {
  const inner = createMemoryFiles();
  let reads = 0;
  let stateWrites = 0;
  const files: Files = {
    ...inner,
    async open(path, how) {
      const file = await inner.open(path, how);
      return {
        ...file,
        read(into, position) {
          reads += 1;
          return file.read(into, position);
        },
        write(parts, position) {
          if (path.endsWith(".state")) stateWrites += 1;
          return file.write(parts, position);
        },
      };
    },
  };
  return { files, reads: () => reads, stateWrites: () => stateWrites };
}

async function open() {
  const { files, ...counts } = countedFiles();
  const { queue, clock, storage } = await openStand({ path: "memory", files, lock });
  const receive = async () => {
    const received = await queue.receive({ maxMessages: 100, leaseSeconds: 30, inRuns: true });
    return received.kind === "received" ? received.messages : [];
  };
  return { queue, clock, storage, ...counts, receive };
}

describe("a reader at the end of the disk queue", () => {
  it("reads nothing back of what was just appended, bytes or text", async () => {
    const { queue, reads, receive } = await open();
    const bodies = [Uint8Array.of(1, 2, 3), Uint8Array.of(4), "täxt"];
    for (const body of bodies) await queue.sendInOrder("s", [body]);
    const before = reads();
    const messages = await receive();
    expect(messages.map(({ body }) => body)).toEqual(bodies.map((b) => (typeof b === "string" ? b : Buffer.from(b))));
    expect(messages.map(({ receiveCount }) => receiveCount)).toEqual([1, 1, 1]);
    expect(reads()).toBe(before);
  });

  it("reads from the disk what comes again, and what there was no room for in memory", async () => {
    const { queue, clock, reads, receive } = await open();
    const large = Array.from({ length: 5 }, (_, i) => new Uint8Array(700_000).fill(i));
    for (const body of large) await queue.sendInOrder("s", [body]);
    const before = reads();
    expect((await receive()).map(({ body }) => body[0])).toEqual([0, 1, 2, 3, 4]);
    expect(reads()).toBe(before + 3);
    clock.advance(31_000);
    expect((await receive()).map(({ body }) => body[0])).toEqual([0]);
    expect(reads()).toBe(before + 4);
  });
});

describe("a first receive from memory", () => {
  it("is written with the deletion, in one write", async () => {
    const { queue, stateWrites, receive } = await open();
    for (const body of ["a", "b", "c"]) await queue.send([body]);
    const messages = await receive();
    expect(stateWrites()).toBe(0);
    await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
    expect(stateWrites()).toBe(1);
  });

  it("is written by the next upkeep where nothing becomes of it", async () => {
    const { queue, storage, stateWrites, receive } = await open();
    await queue.send(["a"]);
    await receive();
    await storage.upkeep();
    await storage.upkeep();
    expect(stateWrites()).toBe(1);
  });

  it("is counted at once when it is the second", async () => {
    const { queue, clock, stateWrites, receive } = await open();
    await queue.send(["a"]);
    await receive();
    clock.advance(31_000);
    expect(await receive()).toMatchObject([{ receiveCount: 2 }]);
    expect(stateWrites()).toBe(1);
  });
});

describe("those who wait for a message", () => {
  it("are told one at a time, and all of them get what there is", async () => {
    const { queue } = await open();
    const waiting = Array.from({ length: 3 }, () =>
      queue.receive({ maxMessages: 1, leaseSeconds: 60, waitSeconds: 20 }),
    );
    await queue.send(["a", "b", "c"]);
    const received = await Promise.all(waiting);
    const bodies = received.flatMap((each) => (each.kind === "received" ? each.messages.map(({ body }) => body) : []));
    expect(bodies.toSorted()).toEqual(["a", "b", "c"]);
  });

  it("get the next of a shard when the one before is deleted", async () => {
    const { queue } = await open();
    await queue.sendInOrder("s", ["a", "b"]);
    const first = await queue.receive({ maxMessages: 1, leaseSeconds: 60 });
    const [message] = first.kind === "received" ? first.messages : [];
    const next = queue.receive({ maxMessages: 1, leaseSeconds: 60, waitSeconds: 20 });
    await queue.delete([message?.receiptHandle ?? ""]);
    expect(await next).toMatchObject({ messages: [{ body: "b" }] });
  });
});
