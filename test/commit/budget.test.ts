import { describe, expect, it } from "vitest";
import { createBudget } from "../../shared/commit/budget.ts";

describe("createBudget()", () => {
  it("gives out its limit and no more", () => {
    const budget = createBudget(100);
    expect(budget.reserve(60)).toBe(true);
    expect(budget.fits(40)).toBe(true);
    expect(budget.reserve(41)).toBe(false);
    expect(budget.used()).toBe(60);
    budget.release(60);
    expect(budget.reserve(100)).toBe(true);
  });
});
