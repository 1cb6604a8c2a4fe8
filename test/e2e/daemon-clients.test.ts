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
    ["direct", "1"],
    ["queue", "1"],
    ["direct", "2"],
  ])("delivers what real exporters send: sink %s, workers %s", async (sink, workers) => {
    const daemon = await world.start({ SLUICE_SINK: sink, SLUICE_WORKERS: workers });
    const clients = createOtlpClients(daemon);
    for (const client of clients) {
      const names = Array.from({ length: 30 }, (_, n) => `${sink} ${workers} ${client.label} ${n}`);
      expect(await client.send(names), client.label).toBe(true);
      for (const name of names) world.acknowledged.add(name);
    }
    if (sink === "queue") await world.flush();
    expect(world.missing()).toEqual([]);
    expect(world.grafana.complaints).toEqual([]);
    expect(await daemon.metric("sluice_accepted_items_total")).toBe(30 * clients.length);
    for (const client of clients) await client.close();
    expect(await daemon.end("SIGTERM")).toBe(0);
  });
});
