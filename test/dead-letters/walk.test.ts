import { describe, expect, it } from "vitest";
import { surveyDeadLetters } from "../../shared/dead-letters/survey.ts";
import {
  createMemoryReader,
  type MemoryReader,
  type MemoryReaderOptions,
} from "../support/dead-letters/memory-reader.ts";
import { sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";
import { createManualClock } from "../support/manual-clock.ts";

async function stand(count: number, fault?: MemoryReaderOptions["fault"]) {
  const clock = createManualClock();
  const reader = createMemoryReader({ clock, ...(fault && { fault }) });
  const put = async (id: string) => reader.put(await sampleDeadLetter({ id, lastAttemptAt: clock.now() }));
  for (let at = 0; at < count; at++) await put(`l${at}`);
  const list = (more: object = {}) =>
    surveyDeadLetters({}, { reader, clock, leaseSeconds: 60, action: "list", ...more });
  return { reader, clock, list, put };
}

function slower(reader: MemoryReader, wait: () => void): MemoryReader {
  return {
    ...reader,
    receive(options) {
      wait();
      return reader.receive(options);
    },
  };
}

describe("surveyDeadLetters()", () => {
  it("sees every letter once, in whatever time it takes", async () => {
    const { reader, clock, list } = await stand(200);
    // Slower than a hold lasts: without renewing it, the first letters would come again and again.
    const slow = slower(reader, () => clock.advance(10_000));
    const { letters, ended } = await list({ reader: slow });
    expect(ended).toBe("all");
    expect(letters.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, at) => `l${at}`));
    expect(reader.hidden()).toBe(0);
  });

  it("counts a letter once that comes again because it could not be held", async () => {
    const { reader, clock, list } = await stand(30, (operation) =>
      operation === "change-visibility" ? "fails" : undefined,
    );
    const slow = slower(reader, () => clock.advance(25_000));
    const { letters, ended } = await list({ reader: slow });
    expect(ended).toBe("all");
    expect(new Set(letters.map(({ id }) => id)).size).toBe(letters.length);
  });

  it("goes on after a receive that failed, and gives up after several", async () => {
    let calls = 0;
    const flaky = await stand(25, (operation) => (operation === "receive" && calls++ % 2 === 0 ? "fails" : undefined));
    expect(await flaky.list()).toMatchObject({ ended: "all", counts: { kept: 25 } });
    const down = await stand(25, (operation) => (operation === "receive" ? "fails" : undefined));
    expect(await down.list()).toMatchObject({ ended: "failed", reason: "InternalError", more: true });
  });

  it("shows what it holds again when the visitor fails", async () => {
    const { reader, list } = await stand(25);
    await expect(list({ take: () => Promise.reject(new Error("disk full")) })).rejects.toThrow("disk full");
    expect(reader.hidden()).toBe(0);
  });

  it("leaves letters alone that come while it looks", async () => {
    const { reader, clock, list, put } = await stand(3);
    const take = async () => {
      clock.advance(1);
      await put("late");
    };
    const { letters, newer } = await list({ take });
    expect([letters.length, newer]).toEqual([3, 3]);
    expect([reader.bodies.size, reader.hidden()]).toEqual([6, 0]);
  });

  it("says how many letters somebody else leases, and waits for none", async () => {
    const { reader, clock, list } = await stand(15);
    await reader.receive({ maxMessages: 10, leaseSeconds: 600 });
    const startedAt = clock.now();
    expect(await list()).toMatchObject({ ended: "all", more: true, leasedByOthers: 10, counts: { kept: 5 } });
    expect(clock.now()).toBe(startedAt);
  });

  it("tells how far it is", async () => {
    const { list } = await stand(25);
    const told: string[] = [];
    await list({ onProgress: (seen: number, total: number) => told.push(`${seen}/${total}`) });
    expect(told).toEqual(["0/25", "10/25", "10/25", "20/25", "20/25", "25/25"]);
  });
});
