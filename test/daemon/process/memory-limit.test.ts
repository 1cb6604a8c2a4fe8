import { describe, expect, it } from "vitest";
import { inFlightLimit } from "../../../daemon/process/memory-limit.ts";

const MiB = 2 ** 20;
const total = 16 * 1024 * MiB;

describe("inFlightLimit()", () => {
  it.each([
    ["a share of the container's memory", { constrained: 512 * MiB, workers: 1, configured: undefined }, 80],
    ["a share for each worker", { constrained: 1024 * MiB, workers: 2, configured: undefined }, 80],
    ["a share of the machine without a limit", { constrained: 0, workers: 1, configured: undefined }, 3254],
    ["a share of the machine under an absurd limit", { constrained: 2 ** 60, workers: 1, configured: undefined }, 3254],
    ["enough to work in a tiny container", { constrained: 100 * MiB, workers: 1, configured: undefined }, 8],
    ["what is configured", { constrained: 512 * MiB, workers: 2, configured: 64 * MiB }, 32],
  ])("is %s", (_, facts, expected) => {
    expect(Math.round(inFlightLimit({ total, ...facts }) / MiB)).toBe(expected);
  });
});
