import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OrderedQueue, Queue, QueueBody } from "../../../shared/queue/queue.ts";
import type { QueueReader, ReceivedMessage } from "../../../shared/queue/queue-reader.ts";

/** Both sides of a queue under test, empty, and how its time passes. */
export interface ReaderUnderTest {
  readonly queue: Queue | OrderedQueue;
  readonly reader: QueueReader;
  /** Lets that many seconds go by. */
  pass(seconds: number): void | Promise<void>;
  stop?(): void | Promise<void>;
}

/** What every `QueueReader` promises, and what one of an `OrderedQueue` promises beyond. */
export function describeQueueReader(name: string, create: () => Promise<ReaderUnderTest>): void {
  async function withQueue(test: (given: ReaderUnderTest & Helpers) => Promise<void>): Promise<void> {
    const given = await create();
    try {
      await test({ ...given, ...helpersOf(given) });
    } finally {
      await given.stop?.();
    }
  }

  describe(`${name} as a QueueReader`, () => {
    it("returns what was sent, once, with its receive count and times", () =>
      withQueue(async ({ queue, take }) => {
        await queue.send(["a", "b"]);
        const messages = await take({ count: 2 });
        expect(messages.map(({ body }) => body).sort()).toEqual(["a", "b"]);
        for (const { receiveCount, sentAt, firstReceivedAt } of messages) {
          expect(receiveCount).toBe(1);
          expect(sentAt).toBeGreaterThan(1_700_000_000_000);
          expect(firstReceivedAt).toBeGreaterThanOrEqual(sentAt);
        }
        expect(new Set(messages.map(({ id }) => id)).size).toBe(2);
        expect(await take({})).toEqual([]);
      }));

    it("returns no more messages than asked for", () =>
      withQueue(async ({ queue, take }) => {
        await queue.send(["a", "b", "c"]);
        expect((await take({ max: 2 })).length).toBeLessThanOrEqual(2);
      }));

    it("returns a message again when its lease has ended, with a higher receive count and the first times", () =>
      withQueue(async ({ queue, take, pass }) => {
        await queue.send(["a"]);
        const [first] = await take({ count: 1, lease: 1 });
        await pass(1.2);
        const [second] = await take({ count: 1 });
        expect(second).toMatchObject({ id: first?.id, body: "a", receiveCount: 2, sentAt: first?.sentAt });
        expect(second?.firstReceivedAt).toBe(first?.firstReceivedAt);
        expect(second?.receiptHandle).not.toBe(first?.receiptHandle);
      }));

    it("never returns a deleted message", () =>
      withQueue(async ({ queue, reader, take, pass }) => {
        await queue.send(["a"]);
        const [message] = await take({ count: 1, lease: 1 });
        expect((await reader.delete([handleOf(message)])).failed.size).toBe(0);
        await pass(1.2);
        expect(await take({})).toEqual([]);
        expect(await reader.status()).toMatchObject({ kind: "read", waiting: 0, inFlight: 0 });
      }));

    it("shows a message at once whose lease is changed to 0, and hides one for as long as asked", () =>
      withQueue(async ({ queue, reader, take, pass }) => {
        await queue.send(["a"]);
        const [first] = await take({ count: 1, lease: 30 });
        expect((await reader.changeVisibility([{ receiptHandle: handleOf(first), seconds: 0 }])).failed.size).toBe(0);
        const [second] = await take({ count: 1, lease: 1 });
        expect(second?.receiveCount).toBe(2);
        await reader.changeVisibility([{ receiptHandle: handleOf(second), seconds: 3 }]);
        await pass(1.2);
        expect(await take({})).toEqual([]);
        await pass(2.2);
        expect((await take({ count: 1 }))[0]?.receiveCount).toBe(3);
      }));

    it("counts what waits and what is in flight", () =>
      withQueue(async ({ queue, reader, take }) => {
        await queue.send(["a", "b", "c"]);
        await take({ count: 1, max: 1 });
        expect(await reader.status()).toMatchObject({ kind: "read", waiting: 2, inFlight: 1 });
      }));

    it("has nothing to do for no messages", () =>
      withQueue(async ({ reader }) => {
        expect((await reader.delete([])).failed.size).toBe(0);
        expect((await reader.changeVisibility([])).failed.size).toBe(0);
      }));
  });
}

/** What a queue promises that keeps bytes and order: the disk's, and the fake of the tests. */
export function describeOrderedQueue(
  name: string,
  create: () => Promise<ReaderUnderTest & { readonly queue: OrderedQueue }>,
): void {
  describe(`${name} as an OrderedQueue`, () => {
    it("returns bytes as bytes and text as text", async () => {
      const given = await create();
      const bytes = Uint8Array.of(0, 255, 10, 13, 128);
      await given.queue.send([bytes, "text \u20ac"]);
      const bodies = (await helpersOf(given).take({ count: 2 })).map(({ body }) => body);
      expect(bodies.map(plain)).toEqual([[...bytes], "text \u20ac"]);
      await given.stop?.();
    });

    it("returns one message of a shard at a time, in the order in which they were sent", async () => {
      const given = await create();
      const { take } = helpersOf(given);
      await given.queue.sendInOrder("x", ["x1", "x2"]);
      await given.queue.sendInOrder("y", ["y1"]);
      await given.queue.sendInOrder("x", ["x3"]);
      const first = await take({});
      expect(first.map(({ body, shard }) => [body, shard])).toEqual([
        ["x1", "x"],
        ["y1", "y"],
      ]);
      expect(await take({})).toEqual([]);
      await given.reader.delete(first.map(handleOf));
      const second = await take({});
      expect(second.map(({ body }) => body)).toEqual(["x2"]);
      await given.reader.delete(second.map(handleOf));
      expect((await take({})).map(({ body }) => body)).toEqual(["x3"]);
      await given.stop?.();
    });

    it("lets a message that must wait hold back its shard and nothing else", async () => {
      const given = await create();
      const { take } = helpersOf(given);
      await given.queue.sendInOrder("x", ["x1", "x2"]);
      const [head] = await take({});
      await given.queue.send(["free"]);
      await given.queue.sendInOrder("y", ["y1"]);
      await given.reader.changeVisibility([{ receiptHandle: handleOf(head), seconds: 5 }]);
      expect((await take({})).map(({ body }) => body)).toEqual(["free", "y1"]);
      await given.pass(5.1);
      expect((await take({ lease: 60 })).map(({ body, receiveCount }) => [body, receiveCount])).toEqual([["x1", 2]]);
      await given.stop?.();
    });

    it("does not take a receipt that a later receive made void", async () => {
      const given = await create();
      const { take } = helpersOf(given);
      await given.queue.send(["a"]);
      const [first] = await take({ lease: 1 });
      await given.pass(1.2);
      const [second] = await take({ lease: 60 });
      const late = await given.reader.delete([handleOf(first)]);
      expect([...late.failed]).toEqual([handleOf(first)]);
      expect(second?.receiveCount).toBe(2);
      expect(await given.reader.status()).toMatchObject({ inFlight: 1 });
      await given.stop?.();
    });
  });
}

/** What a queue promises that gives several messages of a shard at once. */
export function describeRuns(
  name: string,
  create: () => Promise<ReaderUnderTest & { readonly queue: OrderedQueue }>,
): void {
  describe(`${name} in runs`, () => {
    async function withRuns(test: (given: RunHelpers) => Promise<void>): Promise<void> {
      const { queue, reader, pass, stop } = await create();
      async function take(maxMessages = 10, leaseSeconds = 30) {
        const received = await reader.receive({ maxMessages, leaseSeconds, inRuns: true });
        if (received.kind === "failed") throw new Error(received.reason);
        return received.messages;
      }
      await test({ queue, reader, pass, take });
      await stop?.();
    }

    it("returns what follows in a shard, in order, and nothing else of it until all is deleted", () =>
      withRuns(async ({ queue, reader, take }) => {
        await queue.sendInOrder("x", ["x1", "x2", "x3"]);
        await queue.sendInOrder("y", ["y1", "y2"]);
        const first = await take(4);
        expect(first.map(({ body }) => body).toSorted()).toEqual(["x1", "x2", "y1", "y2"]);
        expect(first.filter(({ shard }) => shard === "x").map(({ body }) => body)).toEqual(["x1", "x2"]);
        await queue.sendInOrder("x", ["x4"]);
        expect(await take()).toEqual([]);
        await reader.delete(first.filter(({ body }) => body !== "x2").map(handleOf));
        expect(await take()).toEqual([]);
        await reader.delete(first.filter(({ body }) => body === "x2").map(handleOf));
        expect((await take()).map(({ body }) => body)).toEqual(["x3", "x4"]);
      }));

    it("gives what stays again by itself, in its place, whatever becomes of what is behind it", () =>
      withRuns(async ({ queue, reader, take, pass }) => {
        await queue.sendInOrder("x", ["x1", "x2", "x3"]);
        const [x1, x2, x3] = await take();
        await reader.changeVisibility([
          { receiptHandle: handleOf(x2), seconds: 5 },
          { receiptHandle: handleOf(x3), seconds: 0 },
        ]);
        await reader.delete([handleOf(x1)]);
        expect(await take()).toEqual([]);
        await pass(5.1);
        const again = await take();
        expect(again.map(({ body, receiveCount }) => [body, receiveCount])).toEqual([["x2", 2]]);
        expect((await reader.delete([handleOf(x3)])).failed.size).toBe(1);
        await reader.delete(again.map(handleOf));
        expect((await take()).map(({ body, receiveCount }) => [body, receiveCount])).toEqual([["x3", 2]]);
      }));

    it("gives a run again from its first message when its lease has ended", () =>
      withRuns(async ({ queue, reader, take, pass }) => {
        await queue.sendInOrder("x", ["x1", "x2"]);
        const run = await take(10, 1);
        await pass(1.2);
        const again = await take();
        expect(again.map(({ body }) => body)).toEqual(["x1"]);
        expect((await reader.delete(run.map(handleOf))).failed.size).toBe(2);
        await reader.delete(again.map(handleOf));
        expect((await take()).map(({ body }) => body)).toEqual(["x2"]);
      }));

    it("never lets a message overtake another of its shard, whatever happens to them", () =>
      fc.assert(
        fc.asyncProperty(fc.array(runStep, { minLength: 10, maxLength: 60 }), (steps) =>
          withRuns(async ({ queue, reader, take, pass }) => {
            const sent = { x: 0, y: 0 };
            const gone: Record<string, number> = { x: 0, y: 0 };
            for (const { shard, add, max, keep, seconds } of steps) {
              const bodies = Array.from({ length: add }, () => `${shard}${++sent[shard]}`);
              await queue.sendInOrder(shard, bodies);
              const taken = await take(max, 2);
              for (const name of ["x", "y"]) {
                const run = taken.filter((message) => message.shard === name);
                const numbers = run.map(({ body }) => Number(String(body).slice(1)));
                expect(numbers).toEqual(numbers.map((_, at) => (gone[name] ?? 0) + 1 + at));
                const done = run.slice(0, Math.max(0, run.length - keep));
                const kept = run.slice(done.length).map((message) => ({ receiptHandle: handleOf(message), seconds }));
                await reader.changeVisibility(kept);
                await reader.delete(done.map(handleOf));
                gone[name] = (gone[name] ?? 0) + done.length;
              }
              await pass(seconds);
            }
          }),
        ),
        { numRuns: 100 },
      ));
  });
}

const runStep = fc.record({
  shard: fc.constantFrom("x" as const, "y" as const),
  add: fc.nat(4),
  max: fc.integer({ min: 1, max: 8 }),
  keep: fc.nat(3),
  seconds: fc.nat(4),
});

interface RunHelpers extends Pick<ReaderUnderTest, "reader" | "pass"> {
  readonly queue: OrderedQueue;
  take(maxMessages?: number, leaseSeconds?: number): Promise<readonly ReceivedMessage[]>;
}

interface Helpers {
  /** Receives until `count` messages are there, or once where no count is given. */
  take(how: { count?: number; max?: number; lease?: number }): Promise<readonly ReceivedMessage[]>;
}

function helpersOf({ reader }: ReaderUnderTest): Helpers {
  return {
    async take({ count, max = 10, lease = 30 }) {
      const messages: ReceivedMessage[] = [];
      for (let calls = 0; calls < 50; calls++) {
        const received = await reader.receive({ maxMessages: max, leaseSeconds: lease });
        if (received.kind === "failed") throw new Error(received.reason);
        messages.push(...received.messages);
        if (messages.length >= (count ?? 0)) return messages;
      }
      throw new Error(`only ${messages.length} of ${count} messages came`);
    },
  };
}

function handleOf(message: ReceivedMessage | undefined): string {
  return message?.receiptHandle ?? "no message";
}

function plain(body: QueueBody): string | number[] {
  return typeof body === "string" ? body : [...body];
}
