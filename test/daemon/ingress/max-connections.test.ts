import { describe, expect, it } from "vitest";
import { maxConnectionsFor } from "../../../daemon/ingress/max-connections.ts";
import { inFlightLimit } from "../../../daemon/process/memory-limit.ts";

const MiB = 2 ** 20;

describe("maxConnectionsFor()", () => {
  it.each([
    [128, 1000],
    [256, 1792],
    [512, 5120],
    [1024, 10_000],
    [8192, 10_000],
  ])("lets a container of %i MiB hold %i connections of each protocol", (memory, connections) => {
    const limitBytes = inFlightLimit({
      workers: 1,
      constrained: memory * MiB,
      total: 64_000 * MiB,
      configured: undefined,
    });
    expect(Math.abs(maxConnectionsFor({ limitBytes }) - connections)).toBeLessThan(100);
  });
});
