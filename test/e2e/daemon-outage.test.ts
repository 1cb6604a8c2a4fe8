import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOtlpClients, type OtlpClient } from "../support/clients/otlp-clients.ts";
import type { DaemonProcess } from "../support/daemon/daemon.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";

// A minute of outage, scaled: what counts is that it lasts much longer than clients, attempts and batches do.
const outageMs = 8000;
const MiB = 2 ** 20;
let world: DaemonWorld;

beforeEach(async () => {
  world = await createDaemonWorld();
});
afterEach(() => world.close());

describe("an outage of the destination under load", () => {
  it("spills, recovers, loses nothing, and memory stays flat", async () => {
    // With a small heap, what is held shows at once: without a limit, the engine lets garbage lie for as long as there is room.
    const smallHeap = { nodeOptions: ["--max-semi-space-size=1", "--max-old-space-size=64"] };
    const daemon = await world.start({ SLUICE_DIRECT_TIMEOUT: "1s", SLUICE_MAX_RETRY_DELAY: "2s" }, smallHeap);
    const load = start(daemon);
    await sleep(2000);
    const before = await daemon.metric("process_resident_memory_bytes");
    world.grafana.behave(() => ({ status: 503, message: "outage" }));
    await sleep(outageMs);
    const spilled = await daemon.metric("sluice_spilled_items_total");
    expect(spilled).toBeGreaterThan(100);
    expect((await daemon.page("/-/ready")).status).toBe(200);
    world.grafana.behave(() => undefined);
    const deliveredBefore = await daemon.metric("sluice_delivered_items_total");
    await expect
      .poll(() => daemon.metric("sluice_delivered_items_total"), { timeout: 10_000 })
      .toBeGreaterThan(deliveredBefore + 100);
    const after = await daemon.metric("process_resident_memory_bytes");
    await load.stop();
    await world.flush();
    expect(world.missing()).toEqual([]);
    expect(load.refused()).toBe(0);
    expect(after - before).toBeLessThan(40 * MiB);
    expect(daemon.log.filter(({ event }) => event === "destination.up").length).toBeGreaterThan(0);
  });

  it("without a queue tells clients to send again, and takes everything afterwards", async () => {
    const daemon = await world.start({
      SLUICE_QUEUE_URL: "",
      SLUICE_DEAD_LETTER_QUEUE_URL: "",
      SLUICE_DIRECT_TIMEOUT: "1s",
      SLUICE_MAX_RETRY_DELAY: "1s",
    });
    await expect.poll(async () => (await daemon.page("/-/ready")).status).toBe(200);
    world.grafana.behave(() => ({ status: 503 }));
    const body = new Uint8Array(Buffer.from("0a131211120f0901000000000000002a040a026869", "hex"));
    const post = () =>
      fetch(`http://127.0.0.1:${daemon.httpPort}/v1/logs`, {
        method: "POST",
        headers: { "content-type": "application/x-protobuf" },
        body,
      });
    const refused = await post();
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    await expect.poll(async () => (await daemon.page("/-/ready")).text).toMatch(/not ready: .*503/);
    expect((await daemon.page("/-/healthy")).status).toBe(200);
    world.grafana.behave(() => undefined);
    await expect.poll(async () => (await post()).status, { timeout: 10_000 }).toBe(200);
  });
});

describe("an outage of destination and queue together", () => {
  it("tells clients to send again, loses nothing acknowledged, and recovers", async () => {
    // With a small heap, what is held shows at once: without a limit, the engine lets garbage lie for as long as there is room.
    const smallHeap = { nodeOptions: ["--max-semi-space-size=1", "--max-old-space-size=64"] };
    const daemon = await world.start({ SLUICE_DIRECT_TIMEOUT: "1s", SLUICE_MAX_RETRY_DELAY: "2s" }, smallHeap);
    const load = start(daemon);
    await expect.poll(() => world.acknowledged.size, { timeout: 10_000 }).toBeGreaterThan(200);
    world.grafana.behave(() => ({ reset: true }));
    world.queue.setOpen(false);
    await expect.poll(() => daemon.metric("sluice_unavailable_requests_total"), { timeout: 20_000 }).toBeGreaterThan(3);
    await expect.poll(async () => (await daemon.page("/-/ready")).status).toBe(503);
    const during = world.acknowledged.size;
    await sleep(2000);
    expect(world.acknowledged.size).toBe(during);
    world.grafana.behave(() => undefined);
    world.queue.setOpen(true);
    await expect.poll(() => world.acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(during + 200);
    await load.stop();
    await world.flush();
    expect(world.missing()).toEqual([]);
    expect(await daemon.metric("sluice_in_flight_bytes")).toBe(0);
  });
});

function start(daemon: DaemonProcess): { stop(): Promise<void>; refused(): number } {
  const abort = new AbortController();
  let refused = 0;
  const clients = createOtlpClients({ ...daemon, timeoutMillis: 10_000 }).map(
    (client): OtlpClient => ({
      ...client,
      async send(names) {
        const taken = await client.send(names);
        if (!taken) refused++;
        return taken;
      },
    }),
  );
  const loading = world.load(clients, abort.signal, 20);
  return {
    refused: () => refused,
    async stop() {
      abort.abort();
      await loading;
      for (const client of clients) await client.close();
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
