import { describe, expect, it } from "vitest";
import type { Batch } from "../../shared/batch/batch.ts";
import type { Outcome, Retry } from "../../shared/batch/outcome.ts";
import { createRetryingDeliver, type RetryingOptions } from "../../shared/delivery/retry.ts";

const delivered: Outcome = { kind: "delivered", rejected: 0 };
const failed: Retry = { kind: "retry", cause: "failed", reason: "reset" };
const batch = (items: number): Batch => ({
  format: "otlp/logs",
  destination: "grafana-cloud",
  items,
  bytes: 1,
  encoding: "identity",
  payload: new Uint8Array(1),
  acceptedAt: 0,
});

/** A destination that answers by script, an outcome for each batch; a clock that jumps. */
function start(script: Outcome[][], options: Partial<RetryingOptions> = {}) {
  let now = 0;
  const pauses: number[] = [];
  const calls: number[][] = [];
  const retrying = createRetryingDeliver({
    async deliver(batches) {
      calls.push(batches.map(({ items }) => items));
      const outcomes = script.shift() ?? [];
      return new Map(batches.map((each, index) => [each, outcomes[index] ?? failed]));
    },
    clock: {
      now: () => now,
      async sleep(ms) {
        pauses.push(ms);
        now += ms;
      },
    },
    random: () => 1,
    waitMs: 5000,
    maxPauseMs: 1000,
    ...options,
  });
  const deliver = async (batches: readonly Batch[], how: { readonly once: boolean }) => {
    const outcomes = await retrying(batches, how);
    return batches.map((each) => outcomes.get(each));
  };
  return { deliver, pauses, calls };
}

const usual = { once: false };

describe("createRetryingDeliver()", () => {
  it("sends again only what failed", async () => {
    const { deliver, calls, pauses } = start([[delivered, failed], [delivered]]);
    expect(await deliver([batch(1), batch(2)], usual)).toEqual([delivered, delivered]);
    expect(calls).toEqual([[1, 2], [2]]);
    expect(pauses).toEqual([200]);
  });

  it("ends while there would still be time for no further attempt", async () => {
    const { deliver, pauses } = start([], { maxPauseMs: 60_000 });
    expect(await deliver([batch(1)], usual)).toEqual([failed]);
    expect(pauses).toEqual([200, 400, 800, 1600]);
  });

  it("does not wait for a destination that is down for longer than a pause", async () => {
    const longer: Retry = { ...failed, afterMs: 3000 };
    const { deliver, calls } = start([[longer], [delivered]]);
    expect(await deliver([batch(1)], usual)).toEqual([longer]);
    expect(calls).toEqual([[1]]);
  });

  it("remembers no signal's trouble for another: an hour's pause for traces does not silence logs", async () => {
    const asking: Retry = { ...failed, afterMs: 3_600_000 };
    const { deliver, calls } = start([[asking], [delivered]]);
    expect(await deliver([batch(1)], usual)).toEqual([asking]);
    expect(await deliver([{ ...batch(2), format: "otlp/traces" }], usual)).toEqual([delivered]);
    expect(calls).toEqual([[1], [2]]);
  });

  it("lets nobody wait with what fails alone while others are taken", async () => {
    const isolated: Retry = { ...failed, isIsolated: true };
    const { deliver, pauses } = start([[delivered, isolated]]);
    expect(await deliver([batch(1), batch(2)], usual)).toEqual([delivered, isolated]);
    expect(pauses).toEqual([]);
  });

  it("waits as long as the destination asks when that is within its time", async () => {
    const asking: Retry = { ...failed, afterMs: 900 };
    const { deliver, pauses } = start([[asking], [delivered]]);
    expect(await deliver([batch(1)], usual)).toEqual([delivered]);
    expect(pauses).toEqual([900]);
  });

  it("tries once when told so", async () => {
    const { deliver, calls } = start([]);
    await deliver([batch(1)], { once: true });
    expect(calls).toHaveLength(1);
  });

  it("tries no more when it is stopped", async () => {
    const stop = new AbortController();
    stop.abort();
    const { deliver, calls } = start([], { stop: stop.signal });
    expect(await deliver([batch(1)], usual)).toEqual([failed]);
    expect(calls).toHaveLength(1);
  });
});
