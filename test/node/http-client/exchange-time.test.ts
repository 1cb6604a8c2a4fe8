import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { startExchangeTime } from "../../../shared/node/http-client/exchange-time.ts";

/** An exchange, and when it was ended. */
function exchange(timeoutMs: number, abort?: AbortSignal) {
  const time = startExchangeTime(timeoutMs, abort);
  const startedAt = performance.now();
  const ended = new Promise<number>((resolve) => {
    time.watch({ destroy: () => resolve(performance.now() - startedAt) });
  });
  return { time, ended };
}

describe("startExchangeTime()", () => {
  it("ends each in its own time, whichever was begun first, and none that has ended", async () => {
    const long = exchange(80);
    const over = exchange(20);
    const short = exchange(40);
    over.time.end();
    expect(await short.ended).toBeGreaterThan(38);
    expect([long.time.isOver(), over.time.isOver(), short.time.isLate()]).toEqual([false, false, true]);
    expect(await long.ended).toBeGreaterThan(78);
    for (const { time } of [long, short]) time.end();
    expect(over.time.isLate()).toBe(false);
  });

  it("ends what begins once others are over", async () => {
    for (let round = 0; round < 3; round++) {
      const { time, ended } = exchange(15);
      await ended;
      expect(time.isLate()).toBe(true);
      time.end();
    }
  });

  it("ends all exchanges of a signal, with one listener, and those that begin after it", async () => {
    const abort = new AbortController();
    const done = exchange(5_000, abort.signal);
    done.time.end();
    const both = [exchange(5_000, abort.signal), exchange(5_000, abort.signal)];
    const other = exchange(5_000);
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(1);
    abort.abort();
    await Promise.all(both.map(({ ended }) => ended));
    const after = exchange(5_000, abort.signal);
    await after.ended;
    expect([...both, after].map(({ time }) => [time.isOver(), time.isLate()])).toEqual(Array(3).fill([true, false]));
    expect([done.time.isOver(), other.time.isOver()]).toEqual([false, false]);
    for (const { time } of [...both, other, after]) time.end();
  });
});
