import { describe, expect, it } from "vitest";
import { maxMessageBytes } from "../../../shared/queue/envelope.ts";
import type { Queue } from "../../../shared/queue/queue.ts";

/** A queue under test, empty, and how to look into it. */
export interface QueueUnderTest {
  readonly queue: Queue;
  /** The bodies in the queue, in any order. */
  bodies(): readonly string[] | Promise<readonly string[]>;
}

/** What every `Queue` promises. */
export function describeQueue(name: string, create: () => Promise<QueueUnderTest>): void {
  describe(`${name} as a Queue`, () => {
    it.each([
      ["one body", ["a"]],
      ["more bodies than one call takes", Array.from({ length: 23 }, (_, index) => `body ${index}`)],
      ["the same body twice", ["twin", "twin"]],
      ["characters that are more than a byte", ["\t\n\r ~\u0080\uD7FF\uE000\uFFFD"]],
      ["the largest body there is", ["x".repeat(maxMessageBytes)]],
      [
        "bodies that together are more than one call takes",
        Array.from({ length: 5 }, (_, at) => `${at}`.repeat(500_000)),
      ],
      ["a body of characters that take three bytes", ["\u20ac".repeat(300_000), "\u20ac".repeat(300_000)]],
    ])("takes %s", async (_, bodies) => {
      const { queue, bodies: found } = await create();
      expect(await queue.send(bodies)).toEqual({ kind: "sent" });
      expect([...(await found())].sort()).toEqual([...bodies].sort());
    });

    it("has nothing to do for no bodies", async () => {
      const { queue, bodies } = await create();
      expect(await queue.send([])).toEqual({ kind: "sent" });
      expect(await bodies()).toEqual([]);
    });
  });
}
