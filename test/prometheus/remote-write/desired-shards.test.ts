import { describe, expect, it } from "vitest";
import { createDesiredShards, type ShardLoad } from "../../../shared/prometheus/remote-write/desired-shards.ts";

const range = { min: 1, max: 50 };
/** 10,000 samples a second, 2 ms for each thousand of them. */
const steady: ShardLoad = { seconds: 10, received: 100_000, sent: 100_000, sendSeconds: 0.2, pending: 0 };

describe("createDesiredShards()", () => {
  it.each([
    ["rests with one that suffices", steady, 1, 1],
    ["takes as many as are under way at a time", { ...steady, sendSeconds: 42 }, 1, 5],
    ["takes more for what waits", { ...steady, sendSeconds: 42, pending: 200_000 }, 1, 9],
    ["takes no more than it may", { ...steady, sendSeconds: 4_200 }, 1, 50],
    ["takes fewer when fewer suffice", { ...steady, sendSeconds: 15 }, 5, 2],
    ["takes no fewer while it is behind", { ...steady, sendSeconds: 1, pending: 150_000 }, 5, 5],
    ["leaves small differences", { ...steady, sendSeconds: 42 }, 4, 4],
    ["waits while nothing is delivered", { ...steady, sent: 0, pending: 1_000_000 }, 3, 3],
  ])("%s", (_, load, current, expected) => {
    expect(createDesiredShards(range)(load, current)).toBe(expected);
  });

  it("follows the mean, not the last look", () => {
    const desired = createDesiredShards(range);
    expect(desired(steady, 1)).toBe(1);
    const busy = { ...steady, sendSeconds: 42 };
    expect([1, 2, 3, 4].map(() => desired(busy, 1))).toEqual([1, 2, 3, 3]);
  });
});
