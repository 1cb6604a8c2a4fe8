import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeadLetterReport } from "../../shared/dead-letters/report.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import type { ReceiveOptions } from "../../shared/queue/queue-reader.ts";
import { createReplayStand, leaseSeconds, type ReplayStand } from "../support/dead-letters/replay-stand.ts";
import { type SampleDeadLetter, sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";

async function park({ reader, clock }: ReplayStand, ...letters: readonly SampleDeadLetter[]): Promise<void> {
  for (const letter of letters) reader.put(await sampleDeadLetter({ lastAttemptAt: clock.now(), ...letter }));
}

const numbered = (count: number, given: SampleDeadLetter = {}) =>
  Array.from({ length: count }, (_, at) => ({
    id: `${given.signal ?? "logs"}-${at}`,
    names: [`item-${at}`],
    ...given,
  }));

const outcomes = ({ letters }: DeadLetterReport) => letters.map(({ id, outcome }) => `${id} ${outcome}`);

describe("replayDeadLetters()", () => {
  it("is not blocked by letters of other selections at the head, and leaves them visible", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(500, { signal: "traces" }), ...numbered(3));
    const report = await stand.run({ selection: { signal: "logs" } });
    expect(report).toMatchObject({ ended: "all", more: false, counts: { replayed: 3, notSelected: 500 } });
    expect(stand.sent()).toEqual(["logs-0", "logs-1", "logs-2"]);
    expect([stand.reader.bodies.size, stand.reader.hidden()]).toEqual([500, 0]);
  });

  it("does not chase letters that are parked again while it runs", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(3));
    const { send } = stand.queue;
    const queue = {
      async send(bodies: readonly string[]) {
        stand.clock.advance(10);
        await park(stand, { id: "again", lastAttemptAt: stand.clock.now() });
        return send(bodies);
      },
    };
    const report = await stand.run({ selection: {} }, { queue });
    expect(report).toMatchObject({ ended: "all", newer: 1, counts: { replayed: 3 } });
    expect(stand.reader.bodies.size).toBe(1);
  });

  it("sends one of two copies of a letter, and deletes both", async () => {
    const stand = createReplayStand();
    await park(stand, { id: "twin" }, { id: "other" }, { id: "twin" });
    const report = await stand.run({ selection: {} });
    expect(outcomes(report)).toEqual(["twin replayed", "other replayed", "twin replayed"]);
    expect(stand.sent()).toEqual(["twin", "other"]);
    expect(stand.reader.bodies.size).toBe(0);
  });

  it("counts replays, and forgets what only concerned the dead letter", async () => {
    const stand = createReplayStand();
    await park(stand, { id: "a", replays: 2 });
    await stand.run({ selection: {} });
    const [message] = stand.queue.messages.values();
    const decoded = decodeEnvelope(message?.body ?? "");
    expect(decoded).toMatchObject({ batch: { history: { replays: 3, replayOf: "a" }, items: 1 } });
    expect(decoded).not.toHaveProperty("batch.deadLetter");
    expect(stand.events).toEqual([{ name: "dead-letter.replayed", fields: { signal: "logs", items: 1, id: "a" } }]);
  });

  it("keeps its rate, and its hold on what waits", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(30));
    const startedAt = stand.clock.now();
    const report = await stand.run({ selection: {}, itemsPerSecond: 0.05 });
    expect(report.counts).toMatchObject({ replayed: 30, failed: 0 });
    expect(stand.clock.now() - startedAt).toBeGreaterThanOrEqual(29 * 20_000);
    expect(new Set(stand.sent()).size).toBe(30);
  });

  it("ends between two letters when it is stopped, and says what was left", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(25));
    const stop = new AbortController();
    const { send } = stand.queue;
    const queue = {
      async send(bodies: readonly string[]) {
        stop.abort();
        return send(bodies);
      },
    };
    const report = await stand.run({ selection: {}, itemsPerSecond: 100 }, { queue, stop: stop.signal });
    expect(report).toMatchObject({ ended: "interrupted", more: true, counts: { replayed: 1, kept: 9 } });
    expect([stand.reader.bodies.size, stand.reader.hidden()]).toEqual([24, 0]);
  });

  it("starts nothing after its deadline", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(30));
    const deadlineAt = stand.clock.now() + 5000;
    const report = await stand.run({ selection: {}, itemsPerSecond: 1 }, { deadlineAt });
    expect(report).toMatchObject({ ended: "deadline", more: true, counts: { replayed: 5, kept: 5 } });
    expect(stand.clock.now()).toBeLessThanOrEqual(deadlineAt);
    expect((await stand.run({ selection: {} })).counts).toMatchObject({ replayed: 25 });
  });

  it("waits for letters that an interrupted command leases, where it may", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(15));
    await stand.reader.receive({ maxMessages: 10, leaseSeconds: 60 });
    const impatient = await stand.run({ selection: {} });
    expect(impatient).toMatchObject({ ended: "all", more: true, leasedByOthers: 10, counts: { replayed: 5 } });
    const patient = await stand.run({ selection: {} }, { patienceMs: 120_000 });
    expect(patient).toMatchObject({ ended: "all", more: false, counts: { replayed: 10 } });
  });

  it("sends nothing when the journal cannot be written", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(12));
    const journal = { ...stand.journal, write: () => Promise.reject(new Error("disk full")) };
    const report = await stand.run({ selection: {} }, { journal });
    expect(report).toMatchObject({ ended: "failed", more: true, counts: { replayed: 0, failed: 10 } });
    expect(report.reason).toContain("disk full");
    expect([stand.sent(), stand.reader.hidden()]).toEqual([[], 0]);
  });

  it("does not send what it no longer holds", async () => {
    const stand = createReplayStand({
      readerFault: (operation) => (operation === "change-visibility" ? "fails" : undefined),
    });
    await park(stand, ...numbered(2));
    const report = await stand.run({ selection: {}, itemsPerSecond: 0.005 });
    expect(outcomes(report)).toEqual(["logs-0 replayed", "logs-1 failed"]);
    expect(stand.sent()).toEqual(["logs-0"]);
  });

  it("tells how far it is, letter by letter where it takes its time", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(3));
    const told: number[] = [];
    await stand.run({ selection: {}, itemsPerSecond: 1 }, { onProgress: (done) => told.push(done) });
    expect(told).toEqual([0, 1, 2, 3, 3]);
  });

  it("tries a send again that failed, and says that it may have arrived", async () => {
    const faults = ["late", "fails", undefined] as const;
    let calls = 0;
    const stand = createReplayStand({ sendFault: () => faults[calls++] });
    await park(stand, ...numbered(2));
    const report = await stand.run({ selection: {} });
    expect(report).toMatchObject({ ended: "all", more: false, counts: { replayed: 2, maybeTwice: 2, failed: 0 } });
    expect(stand.sent()).toEqual(["logs-0", "logs-1", "logs-0", "logs-1"]);
    expect((await stand.journal.open()).size).toBe(0);
  });

  it("stops when the queue takes nothing, and loses nothing", async () => {
    const stand = createReplayStand({ sendFault: () => "fails" });
    await park(stand, ...numbered(25));
    const report = await stand.run({ selection: {} });
    expect(report).toMatchObject({ ended: "failed", more: true, counts: { replayed: 0, failed: 10 } });
    expect(report.reason).toContain("InternalError");
    expect([stand.reader.bodies.size, stand.reader.hidden()]).toEqual([25, 0]);
  });

  it("knows of a replay that was interrupted after this one began", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(12));
    await stand.reader.receive({ maxMessages: 10, leaseSeconds: 60 });
    let looked = false;
    const reader = {
      ...stand.reader,
      async receive(options: ReceiveOptions) {
        const received = await stand.reader.receive(options);
        if (!looked) await stand.journal.write(["logs-0"], "sent");
        looked = true;
        return received;
      },
    };
    const report = await stand.run({ selection: {} }, { reader, patienceMs: 120_000 });
    expect(report.counts).toMatchObject({ replayed: 12, finished: 1 });
    expect(stand.sent()).not.toContain("logs-0");
  });

  it("stops at as many letters as may be in flight", async () => {
    const stand = createReplayStand();
    await park(stand, ...numbered(40));
    const report = await stand.run({ selection: { signal: "traces" } }, { maxLeased: 20 });
    expect(report).toMatchObject({ ended: "full", more: true });
    expect(stand.reader.hidden()).toBe(0);
  });

  it("tells the ids whose deletion is not confirmed, and finishes them without sending", async () => {
    let down = true;
    const stand = createReplayStand({
      readerFault: (operation) => (operation === "delete" && down ? "fails" : undefined),
    });
    await park(stand, ...numbered(2));
    const first = await stand.run({ selection: {} });
    expect(first).toMatchObject({ more: true, counts: { replayed: 2, unconfirmed: 2 } });
    down = false;
    const second = await stand.run({ selection: { signal: "traces" } });
    expect(second).toMatchObject({ more: false, counts: { replayed: 2, finished: 2, maybeTwice: 0 } });
    expect(stand.sent()).toEqual(["logs-0", "logs-1"]);
    expect(stand.reader.bodies.size).toBe(0);
  });

  it("sends each letter once or says otherwise, killed at any of its steps and called again", async () => {
    let unreported = 0;
    let repeated = 0;
    let kills = 0;
    for (let step = 1; ; step++) {
      let over = false;
      for (const after of [false, true]) {
        const stand = createReplayStand();
        await park(stand, ...numbered(13), ...numbered(4, { signal: "traces" }));
        const ended = await stand.runKilled({ selection: { signal: "logs" } }, { step, after });
        over = ended !== "killed";
        kills += over ? 0 : 1;
        stand.clock.advance(leaseSeconds * 1000);
        const report = await stand.run({ selection: { signal: "logs" } });
        expect(report).toMatchObject({ ended: "all", more: false });
        const sent = stand.sent();
        expect(new Set(sent).size).toBe(13);
        const said = new Set(report.letters.filter(({ maybeTwice }) => maybeTwice).map(({ id }) => id));
        const twice = sent.filter((id, at) => sent.indexOf(id) !== at);
        repeated += twice.length;
        unreported += twice.filter((id) => !said.has(id)).length;
        expect([stand.reader.bodies.size, stand.reader.hidden()]).toEqual([4, 0]);
      }
      if (over) break;
    }
    expect(unreported).toBe(0);
    expect(kills).toBeGreaterThan(30);
    expect(repeated).toBeGreaterThan(0);
  });

  it("loses nothing and doubles nothing silently, whatever fails and wherever it is killed", async () => {
    const fault = fc.constantFrom("fails", "late", undefined, undefined, undefined, undefined);
    const kill = fc.record({ step: fc.integer({ min: 1, max: 40 }), after: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 30 }),
        fc.infiniteStream(fault),
        fc.array(kill, { maxLength: 5 }),
        fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
        async (count, faults, kills, max) => {
          let faulty = true;
          const next = () => (faulty ? faults.next().value : undefined);
          const stand = createReplayStand({
            readerFault: next,
            sendFault: next,
          });
          await park(stand, ...numbered(count), ...numbered(7, { signal: "traces" }));
          const order = { selection: { signal: "logs" }, ...(max !== undefined && { max }) } as const;
          const said = new Set<string>();
          const hear = (report: DeadLetterReport) => {
            for (const { id, maybeTwice } of report.letters) if (maybeTwice) said.add(id);
            expect(new Set(report.letters.map(({ id }) => id)).size).toBe(report.letters.length);
            const { replayed, kept, failed, discarded, planned } = report.counts;
            expect(replayed + kept + failed + discarded + planned).toBe(report.letters.length);
          };
          for (const each of kills) {
            const ended = await stand.runKilled(order, each);
            if (ended !== "killed") hear(ended);
            stand.clock.advance(leaseSeconds * 1000);
          }
          faulty = false;
          hear(await stand.run({ selection: { signal: "logs" } }));
          // The report of a run that is killed is lost, not its log.
          for (const { fields } of stand.events) if ("maybeTwice" in fields) said.add(fields.id);
          const sent = stand.sent();
          expect(new Set(sent)).toEqual(new Set(numbered(count).map(({ id }) => id)));
          for (const [at, id] of sent.entries()) if (sent.indexOf(id) !== at) expect(said).toContain(id);
          expect([stand.reader.bodies.size, stand.reader.hidden()]).toEqual([7, 0]);
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });
});
