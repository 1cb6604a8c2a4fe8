import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOtlpClients } from "../support/clients/otlp-clients.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";

let world: DaemonWorld;

beforeAll(async () => {
  world = await createDaemonWorld();
});
afterAll(() => world.close());

describe("the daemon", () => {
  it.each([
    ["destination", "1"],
    ["queue", "1"],
    ["destination", "2"],
  ])("delivers what real exporters send: durable in the %s, workers %s", async (durableIn, workers) => {
    const daemon = await world.start({ SLUICE_DURABLE_IN: durableIn, SLUICE_WORKERS: workers });
    const clients = createOtlpClients(daemon);
    for (const client of clients) {
      const names = Array.from({ length: 30 }, (_, n) => `${durableIn} ${workers} ${client.label} ${n}`);
      expect(await client.send(names), client.label).toBe(true);
      for (const name of names) world.acknowledged.add(name);
    }
    if (durableIn === "queue") await world.flush();
    expect(world.missing()).toEqual([]);
    expect(world.grafana.complaints).toEqual([]);
    expect(await daemon.metric("sluice_accepted_items_total")).toBe(30 * clients.length);
    for (const client of clients) await client.close();
    expect(await daemon.end("SIGTERM")).toBe(0);
  });
});
