import { describe, expect, it } from "vitest";
import type { Acceptance, ReceivedRequest } from "../../shared/batch/accept.ts";
import type { Batch } from "../../shared/batch/batch.ts";
import type { Outcome } from "../../shared/batch/outcome.ts";
import { createDirectCommit, type DirectCommitOptions } from "../../shared/commit/direct-commit.ts";
import type { Commit } from "../../shared/commit/group-commit.ts";
import type { DeadLettered, ToDeadLetters } from "../../shared/commit/to-dead-letters.ts";

const delivered: Outcome = { kind: "delivered", rejected: 0 };
const down: Outcome = { kind: "retry", cause: "failed", reason: "HTTP 503", afterMs: 30_000 };
const parked: Outcome = { kind: "rejected", reason: "rejected", status: 400, message: "bad" };
const bytesOf = (length: number) => new Uint8Array(length);
const request = (items: number, fields: Partial<ReceivedRequest> = {}): ReceivedRequest => ({
  format: "otlp/logs",
  items,
  bytes: bytesOf(items * 10),
  ...fields,
});

function start(outcomes: readonly Outcome[], options: Partial<DirectCommitOptions> = {}) {
  const batches: Batch[] = [];
  const events: { name: string; fields: object }[] = [];
  const commit = createDirectCommit({
    deliver: async (given) => {
      batches.push(...given);
      return new Map(given.flatMap((batch, index) => (outcomes[index] ? [[batch, outcomes[index]] as const] : [])));
    },
    destination: "grafana-cloud",
    clock: { now: () => 1000 },
    emit: (name, fields) => void events.push({ name, fields }),
    ...options,
  });
  const run = async (...group: readonly [ReceivedRequest, ...ReceivedRequest[]]) => {
    const acceptances = await commit(group, { final: false });
    return group.map((request) => acceptances.get(request));
  };
  return { run, batches, events };
}

function spillTo(acceptance: Acceptance) {
  const spilled: ReceivedRequest[] = [];
  const spill: Commit = async (group) => {
    spilled.push(...group);
    return new Map(group.map((request) => [request, acceptance]));
  };
  return { spill, spilled };
}

const parking =
  (result: DeadLettered): ToDeadLetters =>
  async (refused) =>
    new Map([...refused.keys()].map((batch) => [batch, result]));

describe("createDirectCommit()", () => {
  it("accepts what the destination took", async () => {
    const { run, batches } = start([delivered, delivered]);
    expect(await run(request(1), request(2))).toEqual([{ kind: "accepted" }, { kind: "accepted" }]);
    expect(batches).toMatchObject([
      {
        format: "otlp/logs",
        destination: "grafana-cloud",
        items: 1,
        bytes: 10,
        encoding: "identity",
        acceptedAt: 1000,
      },
      { items: 2, bytes: 20 },
    ]);
  });

  it("sends a request that is alone in its group on as the gzip member it came as", async () => {
    const gzip = bytesOf(5);
    const { run, batches } = start([delivered]);
    await run(request(1, { gzip }));
    expect(batches).toMatchObject([{ encoding: "gzip", payload: gzip, bytes: 10 }]);
  });

  it("tells a client of rejected items only where they can be its own", async () => {
    const rejecting: Outcome = { kind: "delivered", rejected: 1 };
    expect(await start([rejecting]).run(request(3))).toMatchObject([{ kind: "accepted", rejected: { items: 1 } }]);
    expect(await start([rejecting, delivered]).run(request(3), request(1))).toEqual([
      { kind: "accepted" },
      { kind: "accepted" },
    ]);
  });

  it("spills what the destination cannot take now", async () => {
    const { spill, spilled } = spillTo({ kind: "accepted" });
    const { run, events } = start([delivered, down], { spill });
    const late = request(2);
    expect(await run(request(1), late)).toEqual([{ kind: "accepted" }, { kind: "accepted" }]);
    expect(spilled).toEqual([late]);
    expect(events).toEqual([
      { name: "batch.spilled", fields: { signal: "logs", items: 2, bytes: 20, reason: "outage" } },
    ]);
  });

  it("asks the client to send again when neither destination nor queue can take it", async () => {
    const { spill } = spillTo({ kind: "unavailable", reason: "queue down", retryAfterMs: 7000 });
    const { run, events } = start([down], { spill });
    expect(await run(request(1))).toEqual([{ kind: "unavailable", reason: "queue down", retryAfterMs: 7000 }]);
    expect(events).toEqual([]);
  });

  it.each([
    [30_000, 30_000],
    [1, 1000],
    [3_600_000, 60_000],
    [undefined, 5000],
  ])("without a queue passes on a wait of %s ms as %d ms", async (afterMs, retryAfterMs) => {
    const { run } = start([{ kind: "retry", cause: "failed", reason: "down", ...(afterMs && { afterMs }) }]);
    expect(await run(request(1))).toEqual([{ kind: "unavailable", reason: "down", retryAfterMs }]);
  });

  it("parks what is refused for good and accepts it", async () => {
    const letters: { batch: Batch; items: number }[] = [];
    const { run } = start([parked, delivered], {
      async toDeadLetters(refused) {
        for (const [batch, parts] of refused) for (const { items } of parts) letters.push({ batch, items });
        return new Map([...refused.keys()].map((batch) => [batch, "dead-lettered"]));
      },
    });
    expect(await run(request(2), request(1))).toEqual([{ kind: "accepted" }, { kind: "accepted" }]);
    expect(letters).toMatchObject([{ batch: { items: 2 }, items: 2 }]);
  });

  it.each([
    ["there is no dead-letter queue", {}],
    ["no queue message can hold it", { toDeadLetters: parking("unfit") }],
  ])("tells the very client what is refused for good when %s", async (_, options) => {
    const { run } = start([delivered, parked], options);
    expect(await run(request(1), request(2))).toEqual([
      { kind: "accepted" },
      { kind: "accepted", rejected: { items: 2, message: "bad" } },
    ]);
  });

  it("has the client send again what could not be parked", async () => {
    const { run } = start([parked], { toDeadLetters: parking("failed") });
    expect(await run(request(1))).toMatchObject([{ kind: "unavailable" }]);
  });

  it("spills the rest and tells of the refused part of a request that was narrowed down", async () => {
    const { spill, spilled } = spillTo({ kind: "accepted" });
    const why = { reason: "rejected", message: "bad" } as const;
    const outcome: Outcome = {
      kind: "partial",
      delivered: 5,
      rejected: 0,
      refused: [{ bytes: bytesOf(10), items: 1, why }],
      rest: { bytes: bytesOf(40), items: 4, retry: { kind: "retry", cause: "failed", reason: "reset" } },
    };
    const { run } = start([outcome], { spill });
    expect(await run(request(10))).toEqual([{ kind: "accepted", rejected: { items: 1, message: "bad" } }]);
    expect(spilled).toEqual([{ format: "otlp/logs", items: 4, bytes: bytesOf(40) }]);
  });
});
