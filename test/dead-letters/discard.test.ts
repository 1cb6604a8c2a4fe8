import { describe, expect, it } from "vitest";
import { discardDeadLetters } from "../../shared/dead-letters/discard.ts";
import { createReplayStand, leaseSeconds, type ReplayStandOptions } from "../support/dead-letters/replay-stand.ts";
import { sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";
import { recordEvents } from "../support/record-events.ts";

async function stand(count: number, options: ReplayStandOptions = {}) {
  const { reader, journal, clock, events } = createReplayStand(options);
  for (let at = 0; at < count; at++) reader.put(await sampleDeadLetter({ id: `l${at}`, lastAttemptAt: clock.now() }));
  const discard = (order: Partial<Parameters<typeof discardDeadLetters>[0]>) =>
    discardDeadLetters(
      { selection: {}, because: "a test", ...order },
      { reader, journal, clock, leaseSeconds, emit: recordEvents(events) },
    );
  return { reader, journal, events, discard };
}

describe("discardDeadLetters()", () => {
  it("deletes what is selected, tells why of each, and shows the rest again", async () => {
    const { reader, events, discard } = await stand(25);
    const report = await discard({ selection: { ids: new Set(["l3", "l24"]) } });
    expect(report).toMatchObject({ ended: "all", counts: { discarded: 2, notSelected: 23 } });
    expect(events.map(({ fields }) => fields)).toEqual([
      { signal: "logs", items: 1, id: "l3", reason: "a test" },
      { signal: "logs", items: 1, id: "l24", reason: "a test" },
    ]);
    expect([reader.bodies.size, reader.hidden()]).toEqual([23, 0]);
  });

  it("deletes at most so many", async () => {
    const { reader, discard } = await stand(25);
    expect(await discard({ max: 12 })).toMatchObject({ ended: "enough", counts: { discarded: 12 } });
    expect([reader.bodies.size, reader.hidden()]).toEqual([13, 0]);
  });

  it("says what is not confirmed to be deleted, without a word that it was", async () => {
    const { events, discard } = await stand(2, {
      readerFault: (operation) => (operation === "delete" ? "fails" : undefined),
    });
    const report = await discard({});
    expect(report).toMatchObject({ more: true, counts: { discarded: 0, failed: 2 } });
    expect(events.map(({ name }) => name)).toEqual(["queue.failed"]);
  });

  it("changes nothing in a dry run", async () => {
    const { reader, events, discard } = await stand(3);
    expect(await discard({ dryRun: true })).toMatchObject({ counts: { planned: 3, discarded: 0 } });
    expect([reader.bodies.size, reader.hidden(), events]).toEqual([3, 0, []]);
  });

  it("clears the journal of what is gone", async () => {
    const { journal, discard } = await stand(2);
    await journal.write(["l0", "elsewhere"], "sending");
    await discard({});
    expect([...(await journal.open()).keys()]).toEqual(["elsewhere"]);
  });
});
