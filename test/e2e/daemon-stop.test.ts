import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { healthPaths } from "../../shared/grpc/health.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { framed, grpcClient } from "../support/grpc/grpc-client.ts";
import { requestOf } from "../support/otlp/item-names.ts";

let world: DaemonWorld;
const path = signals.logs.grpcPath;

beforeEach(async () => {
  world = await createDaemonWorld();
});
afterEach(() => world.close());

describe("SIGTERM", () => {
  it("says NOT_SERVING, answers what is in flight once it is delivered, and exits 0", async () => {
    world.grafana.behave(() => ({ delayMs: 500 }));
    const daemon = await world.start({ SLUICE_BATCH_DELAY: "10s" });
    const client = await grpcClient(daemon.grpcPort);
    const { stream, reply: watched } = client.open(healthPaths.watch);
    const health: string[] = [];
    stream.on("data", (chunk: Buffer) => health.push(chunk.toString("hex")));
    stream.end(framed(new Uint8Array(0)));
    const inFlight = client.call(path, [framed(requestOf("logs", { names: ["in-flight"] }))]);
    await expect.poll(() => daemon.metric("sluice_in_flight_bytes"), { timeout: 5000 }).toBeGreaterThan(0);
    const ended = daemon.end("SIGTERM");
    expect(await inFlight).toMatchObject({ status: 0 });
    expect(await ended).toBe(0);
    await watched;
    expect(health.at(-1)).toBe("00000000020802");
    expect([...world.grafana.delivered.keys()]).toEqual(["in-flight"]);
    await expect(grpcClient(daemon.grpcPort)).rejects.toThrow();
  });

  it("spills what the destination does not take in time", async () => {
    const daemon = await world.start({ SLUICE_STOP_TIMEOUT: "3s", SLUICE_DIRECT_TIMEOUT: "60s" });
    await expect.poll(async () => (await daemon.page("/-/ready")).status).toBe(200);
    world.grafana.behave(() => ({ hang: true }));
    const client = await grpcClient(daemon.grpcPort);
    const inFlight = client.call(path, [framed(requestOf("logs", { names: ["hanging"] }))]);
    await expect.poll(() => world.grafana.requests.some(({ items }) => items.includes("hanging"))).toBe(true);
    const startedAt = performance.now();
    const ended = daemon.end("SIGTERM");
    expect(await inFlight).toMatchObject({ status: 0 });
    expect(await ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(3000);
    world.grafana.behave(() => undefined);
    await world.flush();
    expect([...world.grafana.delivered.keys()]).toContain("hanging");
  });

  it("exits in time when neither the destination nor the queue answers", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const daemon = await world.start({
      SLUICE_QUEUE_URL: `http://127.0.0.1:${port}/000000000000/sluice`,
      AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${port}`,
      SLUICE_STOP_TIMEOUT: "2s",
      SLUICE_DIRECT_TIMEOUT: "60s",
    });
    await expect.poll(async () => (await daemon.page("/-/ready")).status).toBe(200);
    world.grafana.behave(() => ({ hang: true }));
    const client = await grpcClient(daemon.grpcPort);
    const inFlight = client.call(path, [framed(requestOf("logs", { names: ["kept by its client"] }))]);
    await expect.poll(() => daemon.metric("sluice_in_flight_bytes")).toBeGreaterThan(0);
    const startedAt = performance.now();
    expect(await daemon.end("SIGTERM")).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(6000);
    expect(await inFlight).not.toMatchObject({ status: 0 });
    silent.close();
  });

  it("exits at once at the second signal", async () => {
    const daemon = await world.start({ SLUICE_DIRECT_TIMEOUT: "60s" });
    await expect.poll(async () => (await daemon.page("/-/ready")).status).toBe(200);
    world.grafana.behave(() => ({ hang: true }));
    const client = await grpcClient(daemon.grpcPort);
    void client.call(path, [framed(requestOf("logs", { names: ["x"] }))]);
    await expect.poll(() => daemon.metric("sluice_in_flight_bytes")).toBeGreaterThan(0);
    daemon.child.kill("SIGTERM");
    await expect.poll(() => daemon.log.some(({ event }) => event === "server.stopping")).toBe(true);
    expect(await daemon.end("SIGTERM")).toBe(1);
  });

  it("replaces a worker that dies, and says so meanwhile", async () => {
    const daemon = await world.start({ SLUICE_WORKERS: "2" });
    const { pid } = daemon.child;
    const [worker = 0] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
    process.kill(worker, "SIGKILL");
    await expect
      .poll(async () => daemon.page("/-/healthy"))
      .toMatchObject({ text: "not healthy: 1 of 2 workers are running\n" });
    await expect.poll(async () => (await daemon.page("/-/healthy")).status, { timeout: 10_000 }).toBe(200);
    const client = await grpcClient(daemon.grpcPort);
    expect(await client.call(path, [framed(requestOf("logs", { names: ["x"] }))])).toMatchObject({ status: 0 });
    client.close();
  });

  it("is not ready while no worker runs", async () => {
    const daemon = await world.start({ SLUICE_WORKERS: "2" });
    await expect.poll(async () => (await daemon.page("/-/ready")).status).toBe(200);
    const { pid } = daemon.child;
    const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
    for (const worker of workers) process.kill(worker, "SIGKILL");
    await expect
      .poll(async () => daemon.page("/-/ready"), { interval: 20 })
      .toEqual({ status: 503, text: "not ready: no worker is running\n" });
    await expect.poll(async () => (await daemon.page("/-/ready")).status).toBe(200);
  });

  it("stops all workers", async () => {
    const daemon = await world.start({ SLUICE_WORKERS: "2" });
    expect(await daemon.end("SIGTERM")).toBe(0);
  });
});
