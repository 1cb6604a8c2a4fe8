import { describe, expect, it } from "vitest";
import { simulate } from "../support/simulation/run-simulation.ts";

const seeds = 1000;
describe("a simulated world", () => {
  it("keeps its promises under every mixture of faults", { timeout: 300_000 }, async () => {
    const failures: string[] = [];
    for (let seed = 1; seed <= seeds && failures.length < 3; seed++) {
      const { violations, text } = await simulate(seed);
      if (violations.length > 0) failures.push(text);
    }
    expect(failures.join("\n\n")).toBe("");
  });

  it("is the same, to the letter, for the same seed", async () => {
    for (const seed of [7, 42, 1234]) expect(await simulate(seed)).toEqual(await simulate(seed));
  });
});
