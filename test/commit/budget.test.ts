import { describe, expect, it } from "vitest";
import { createBudget, createShare } from "../../shared/commit/budget.ts";

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

describe("createShare()", () => {
  it("is a part of a budget: what it holds is missing there, and it never holds all", () => {
    const budget = createBudget(100);
    const share = createShare(budget, 75);
    expect(share.reserve(70)).toBe(true);
    expect(share.reserve(10)).toBe(false);
    expect(budget.used()).toBe(70);
    expect([share.count(6), share.count(5)]).toEqual([false, true]);
    expect(budget.used()).toBe(70);
    share.uncount(5);
    share.release(70);
    expect(budget.used()).toBe(0);
    budget.reserve(60);
    expect(share.fits(50)).toBe(false);
    expect(share.reserve(50)).toBe(false);
    expect(share.reserve(40)).toBe(true);
  });
});
