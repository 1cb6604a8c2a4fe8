import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOtlpClients } from "../support/clients/otlp-clients.ts";
import type { DaemonProcess } from "../support/daemon/daemon.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { temporaryDirectory } from "../support/disk/stand.ts";

const noSqs = { SLUICE_QUEUE_URL: "", SLUICE_DEAD_LETTER_QUEUE_URL: "" };
let world: DaemonWorld;

beforeEach(async () => {
  world = await createDaemonWorld();
});
afterEach(() => world.close());

describe("a daemon with a storage path and without SQS", () => {
  it.each(["destination", "queue"])(
    "in %s mode loses nothing through an outage with a SIGKILL in it, and delivers when it is over",
    async (durableIn) => {
      const env = {
        ...noSqs,
        SLUICE_DURABLE_IN: durableIn,
        SLUICE_STORAGE_PATH: temporaryDirectory(),
        SLUICE_DIRECT_TIMEOUT: "1s",
      };
      const first = await world.start(env);
      await load(first, 50);
      world.grafana.behave(() => ({ status: 503, message: "outage" }));
      await load(first, 100);
      expect(await first.metric("sluice_storage_messages")).toBeGreaterThan(0);
      await first.end("SIGKILL");
      const second = await world.start(env);
      await load(second, 50);
      world.grafana.behave(() => undefined);
      await expect.poll(() => world.missing(), { timeout: 40_000 }).toEqual([]);
      await expect.poll(() => second.metric("sluice_storage_messages")).toBe(0);
      expect(await second.end("SIGTERM")).toBe(0);
    },
    60_000,
  );

  it("keeps on the disk what the destination refuses for good, and tells it", async () => {
    const daemon = await world.start({
      ...noSqs,
      SLUICE_DURABLE_IN: "queue",
      SLUICE_STORAGE_PATH: temporaryDirectory(),
    });
    world.grafana.behave(() => ({ status: 400, message: "no" }));
    await load(daemon, 20);
    await expect.poll(() => daemon.metric("sluice_dead_lettered_items_total")).toBe(world.acknowledged.size);
    const page = await daemon.page("/metrics");
    expect(page.text).toMatch(/sluice_storage_messages\{queue="dead-letters"\} [1-9]/);
    world.grafana.behave(() => undefined);
    expect(await askLetters(daemon, "list")).toMatchObject({
      ended: "all",
      counts: { items: world.acknowledged.size },
    });
    expect(await askLetters(daemon, "replay")).toMatchObject({ more: false, counts: { failed: 0, kept: 0 } });
    await expect.poll(() => world.missing()).toEqual([]);
    expect(await askLetters(daemon, "list")).toMatchObject({ letters: [] });
  });

  it("is one process: several workers are refused with a sentence", () => {
    const env = { PATH: process.env.PATH, SLUICE_STORAGE_PATH: temporaryDirectory(), SLUICE_WORKERS: "2" };
    const ended = spawnSync(process.execPath, ["daemon/main.ts"], { env, encoding: "utf8" });
    expect([ended.status, ended.stderr]).toEqual([
      1,
      "SLUICE_WORKERS must be 1 where SLUICE_STORAGE_PATH is set: one process has a storage path at a time.\n",
    ]);
  });

  it("delivers to several destinations, and lets one that is down hold up nobody", async () => {
    const backup = await startFakeGrafana();
    try {
      const daemon = await world.start({
        ...noSqs,
        SLUICE_STORAGE_PATH: temporaryDirectory(),
        SLUICE_DIRECT_TIMEOUT: "1s",
        SLUICE_MAX_RETRY_DELAY: "1s",
        SLUICE_DESTINATIONS: "backup",
        SLUICE_DESTINATION_BACKUP_ENDPOINT: backup.endpoint,
        SLUICE_DESTINATION_BACKUP_USERNAME: backup.instanceId,
        SLUICE_DESTINATION_BACKUP_PASSWORD: backup.apiKey,
      });
      backup.behave(() => ({ status: 503, message: "outage" }));
      await load(daemon, 40);
      await expect.poll(() => world.missing()).toEqual([]);
      expect((await daemon.page("/metrics")).text).toMatch(/sluice_storage_messages\{queue="backup"\} [1-9]/);
      backup.behave(() => undefined);
      const missing = () => [...world.acknowledged].filter((name) => !backup.delivered.has(name));
      await expect.poll(missing, { timeout: 20_000 }).toEqual([]);
    } finally {
      await backup.close();
    }
  });

  it("does not start where another daemon has the path, and says so", async () => {
    const env = { ...noSqs, SLUICE_STORAGE_PATH: temporaryDirectory() };
    await world.start(env);
    await expect(world.start(env)).rejects.toThrow(/SLUICE_STORAGE_PATH: .* is in use by another process/);
  });
});

/** Sends until so many more items are acknowledged. */
async function load(daemon: DaemonProcess, items: number): Promise<void> {
  const clients = createOtlpClients({ grpcPort: daemon.grpcPort, httpPort: daemon.httpPort });
  const abort = new AbortController();
  const aim = world.acknowledged.size + items;
  const loading = world.load(clients, abort.signal, 20);
  await expect.poll(() => world.acknowledged.size, { timeout: 20_000 }).toBeGreaterThanOrEqual(aim);
  abort.abort();
  await loading;
}

async function askLetters({ admin }: DaemonProcess, action: string): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(action === "replay" ? { includeStale: true } : {});
  return (await fetch(`${admin}/api/v0/dead-letters/${action}`, { method: "POST", headers, body })).json();
}
