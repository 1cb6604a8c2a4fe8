import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { runCollector } from "../../bench/peers/run-collector.ts";
import { signalNames } from "../../shared/signal.ts";
import { createOtlpClients } from "../support/clients/otlp-clients.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { startLenientReceiver } from "../support/destination/lenient-receiver.ts";

// The programs are built by bench/peers/install.sh; where they are absent these tests are reported as skipped.
let world: DaemonWorld;

beforeEach(async () => {
  world = await createDaemonWorld();
});
afterEach(() => world.close());

describe.skipIf(!peers.telemetrygen)("telemetrygen", () => {
  it.each(["gRPC", "HTTP"])("sends traces, metrics and logs over %s", async (protocol) => {
    const daemon = await world.start();
    for (const signal of signalNames) {
      const port = protocol === "gRPC" ? daemon.grpcPort : daemon.httpPort;
      await telemetrygen(signal, port, protocol === "HTTP" ? ["--otlp-http"] : []);
      const arrived = world.grafana.requests.filter((request) => request.signal === signal);
      expect(
        arrived.reduce((sum, { items }) => sum + items.length, 0),
        signal,
      ).toBeGreaterThanOrEqual(10);
    }
    expect(world.grafana.complaints).toEqual([]);
  });
});

describe.skipIf(!peers.telemetrygen || !peers.collector)("the Collector", () => {
  it("exports to the daemon over gRPC with gzip", async () => {
    const daemon = await world.start();
    const collector = await runCollector({ grpc: `127.0.0.1:${daemon.grpcPort}` });
    for (const signal of signalNames) {
      await telemetrygen(signal, collector?.grpcPort ?? 0);
      await expect
        .poll(() => world.grafana.requests.filter((request) => request.signal === signal).length, { timeout: 5000 })
        .toBeGreaterThan(0);
    }
    await collector?.end("SIGTERM");
  });

  it("is a destination of the daemon over gRPC, beside another one", async () => {
    const receiver = await startLenientReceiver();
    const collector = await runCollector({ http: receiver.url });
    const daemon = await world.start({
      SLUICE_DESTINATIONS: "collector",
      SLUICE_DESTINATION_COLLECTOR_PROTOCOL: "otlp-grpc",
      SLUICE_DESTINATION_COLLECTOR_ENDPOINT: `http://127.0.0.1:${collector?.grpcPort}`,
    });
    const clients = createOtlpClients(daemon);
    const names = clients.flatMap((client) => Array.from({ length: 50 }, (_, n) => `${client.label} ${n}`));
    await Promise.all(clients.map((client) => client.send(names.filter((name) => name.startsWith(client.label)))));
    await expect.poll(() => names.filter((name) => !receiver.names.has(name)), { timeout: 5000 }).toEqual([]);
    expect(names.filter((name) => !world.grafana.delivered.has(name))).toEqual([]);
    for (const client of clients) await client.close();
    await collector?.end("SIGTERM");
    await receiver.close();
  });

  it("is a destination of the daemon, which passes gzip on and merges what is small", async () => {
    const receiver = await startLenientReceiver();
    const collector = await runCollector({ http: receiver.url });
    const daemon = await world.start({ GRAFANA_CLOUD_OTLP_ENDPOINT: `http://127.0.0.1:${collector?.httpPort}` });
    const clients = createOtlpClients(daemon);
    const names = clients.flatMap((client) => Array.from({ length: 50 }, (_, n) => `${client.label} ${n}`));
    await Promise.all(clients.map((client) => client.send(names.filter((name) => name.startsWith(client.label)))));
    await expect.poll(() => names.filter((name) => !receiver.names.has(name)), { timeout: 5000 }).toEqual([]);
    for (const client of clients) await client.close();
    await collector?.end("SIGTERM");
    await receiver.close();
  });
});

describe.skipIf(!peers.collector)("what others lose", () => {
  it("the Collector with its defaults loses acknowledged items when it is killed", { timeout: 60_000 }, async () => {
    const receiver = await startLenientReceiver();
    const rounds = 5;
    for (let round = 0; round < rounds; round++) {
      const collector = await runCollector({ http: receiver.url });
      const clients = createOtlpClients({ grpcPort: 0, httpPort: 0, ...collector, timeoutMillis: 700 });
      const abort = new AbortController();
      const loading = world.load(clients, abort.signal);
      await new Promise((resolve) => setTimeout(resolve, 250 + ((round * 37) % 150)));
      await collector?.end("SIGKILL");
      abort.abort();
      for (const client of clients) await client.close();
      await loading;
    }
    const lost = [...world.acknowledged].filter((name) => !receiver.names.has(name)).length;
    process.stdout.write(`the Collector: ${rounds} kills, acknowledged ${world.acknowledged.size}, lost ${lost}\n`);
    expect(lost).toBeGreaterThan(0);
    await receiver.close();
  });
});

async function telemetrygen(signal: string, port: number, options: readonly string[] = []): Promise<void> {
  const args = [
    signal,
    "--otlp-endpoint",
    `127.0.0.1:${port}`,
    "--otlp-insecure",
    `--${signal}`,
    "10",
    "--rate",
    "1000",
    ...options,
  ];
  const child = spawn(peers.telemetrygen ?? "", args, { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code] = (await once(child, "exit")) as [number];
  expect(code, errors).toBe(0);
}
