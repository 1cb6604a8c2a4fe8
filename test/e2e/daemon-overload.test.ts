import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inFlightLimit } from "../../daemon/process/memory-limit.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { framed, type GrpcClient, grpcClient } from "../support/grpc/grpc-client.ts";
import { requestOf } from "../support/otlp/item-names.ts";

const MiB = 2 ** 20;
const containerBytes = 384 * MiB;
const facts = { configured: undefined, workers: 1, constrained: containerBytes, total: containerBytes };
const loadMs = 6000;
let world: DaemonWorld;

beforeEach(async () => {
  world = await createDaemonWorld();
});
afterEach(() => world.close());

describe("overload", () => {
  it.each(["destination", "queue"])(
    "several times beyond what can be taken keeps memory within the container, keeps answering, loses nothing: %s",
    async (durableIn) => {
      const limit = inFlightLimit(facts);
      const daemon = await world.start({ SLUICE_DURABLE_IN: durableIn, SLUICE_MAX_IN_FLIGHT_BYTES: String(limit) });
      world.grafana.behave(() => ({ delayMs: 300 }));
      const clients = await Promise.all(Array.from({ length: 12 }, () => grpcClient(daemon.grpcPort)));
      const until = performance.now() + loadMs;
      const counts = { taken: 0, shed: 0, other: 0 };
      await Promise.all(
        clients.flatMap((client, at) =>
          Array.from({ length: 6 }, (_, lane) => send(client, `${durableIn}-${at}-${lane}`)),
        ),
      );
      const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.child.pid}/status`, "utf8"))?.[1]) / 1024;
      process.stdout.write(
        `overload, ${durableIn}: ${JSON.stringify(counts)}, peak ${peak.toFixed(0)} MiB of 384 MiB\n`,
      );
      expect(counts.other).toBe(0);
      expect(counts.taken).toBeGreaterThan(20);
      expect(counts.shed).toBeGreaterThan(20);
      expect(peak).toBeLessThan(containerBytes / MiB);
      expect((await daemon.page("/-/healthy")).status).toBe(200);
      world.grafana.behave(() => undefined);
      await world.flush();
      expect(world.missing()).toEqual([]);
      expect(await daemon.metric("sluice_in_flight_bytes")).toBe(0);

      async function send(client: GrpcClient, lane: string): Promise<void> {
        for (let round = 0; performance.now() < until; round++) {
          const { name, message, headers } = requestFor(lane, round);
          const { status, details } = await client.call(signals.logs.grpcPath, [message], headers);
          if (status === 0) {
            counts.taken++;
            world.acknowledged.add(name);
          } else if (status === 14 && details?.retryAfterMs !== undefined) {
            counts.shed++;
            await new Promise((resolve) => setTimeout(resolve, 20));
          } else counts.other++;
        }
      }
    },
  );
});

const padding = "a log line that says nothing ".repeat(30_000);

/** Nearly a megabyte in one log record, every other one compressed. */
function requestFor(lane: string, round: number) {
  const name = `${lane}-${round}`;
  const bytes = requestOf("logs", { names: [name], padding });
  if (round % 2) return { name, message: framed(bytes), headers: {} };
  return { name, message: framed(gzipSync(bytes, { level: 1 }), 1), headers: { "grpc-encoding": "gzip" } };
}
