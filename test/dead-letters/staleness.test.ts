import { describe, expect, it } from "vitest";
import { stalenessOf } from "../../shared/dead-letters/staleness.ts";

const now = 1_790_000_000_000;
const minute = 60_000;
const day = 86_400_000;

describe("stalenessOf()", () => {
  it.each([
    ["metrics", 119 * minute, 0, undefined],
    ["metrics", 121 * minute, 0, "partly"],
    ["metrics", 5 * day, 121 * minute, "refused"],
    ["logs", 59 * minute, 0, undefined],
    ["logs", 61 * minute, 0, "maybe"],
    ["logs", 8 * day, 6 * day, "partly"],
    ["logs", 9 * day, 8 * day, "refused"],
    ["traces", 13 * day, 13 * day, undefined],
  ] as const)("judges %s from %d to %d ms old: %s", (signal, oldest, newest, verdict) => {
    const letter = { ...facts, signal, oldestAt: now - oldest, newestAt: now - newest };
    expect(stalenessOf(letter, now)?.verdict).toBe(verdict);
  });

  it("says nothing where the data has no time or no signal", () => {
    expect(stalenessOf({ ...facts, signal: "metrics" }, now)).toBeUndefined();
    expect(stalenessOf({ ...facts, oldestAt: 0, newestAt: 0 }, now)).toBeUndefined();
  });
});

const facts = {
  id: "a",
  services: [],
  reason: "rejected",
  message: "",
  items: 1,
  bytes: 1,
  replays: 0,
  deadLetteredAt: now,
  expiresAt: now + day,
} as const;
