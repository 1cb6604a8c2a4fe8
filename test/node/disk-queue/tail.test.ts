import { describe, expect, it } from "vitest";
import type { Files } from "../../../shared/node/disk-queue/files.ts";
import { createMemoryFiles } from "../../../shared/node/disk-queue/memory-files.ts";
import { openStand } from "../../support/disk/stand.ts";

const lock = () => ({ release: () => {} });

/** Files that tell how often they are read. */
function countedFiles(): { readonly files: Files; reads(): number } {
  const inner = createMemoryFiles();
  let reads = 0;
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
      };
    },
  };
  return { files, reads: () => reads };
}

async function open() {
  const { files, reads } = countedFiles();
  const { queue, clock } = await openStand({ path: "memory", files, lock });
  const receive = async () => {
    const received = await queue.receive({ maxMessages: 100, leaseSeconds: 30, inRuns: true });
    return received.kind === "received" ? received.messages : [];
  };
  return { queue, clock, reads, receive };
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
