import { describe, expect, it } from "vitest";
import { afterTurn, createInTurn } from "../../shared/node/loop-turn.ts";

describe("createInTurn()", () => {
  it("does one piece of work in a turn of the loop, in order, and serves everything else between them", async () => {
    const inTurn = createInTurn();
    const log: string[] = [];
    const ticking = new Promise<void>((resolve) => {
      const tick = (left: number) => {
        log.push("tick");
        if (left > 0) setImmediate(tick, left - 1);
        else resolve();
      };
      setImmediate(tick, 4);
    });
    await Promise.all([inTurn(() => log.push("a")), inTurn(() => log.push("b")), inTurn(() => log.push("c")), ticking]);
    const [a, b, c] = ["a", "b", "c"].map((name) => log.indexOf(name));
    expect([a, b, c]).toEqual([a, b, c].sort((x = 0, y = 0) => x - y));
    expect(log.slice(a, c).filter((entry) => entry === "tick").length).toBeGreaterThanOrEqual(2);
  });

  it("hands on what work returns or throws, and goes on", async () => {
    const inTurn = createInTurn();
    const failing = inTurn(() => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await inTurn(() => 7)).toBe(7);
  });
});

describe("afterTurn()", () => {
  it("calls back after timers that are due", async () => {
    const log: string[] = [];
    setTimeout(() => log.push("timer"), 0);
    for (const end = performance.now() + 5; performance.now() < end; );
    await new Promise<void>((resolve) => afterTurn(resolve));
    expect(log).toEqual(["timer"]);
  });
});
