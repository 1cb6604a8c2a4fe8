import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gatewayConfig } from "../support/daemon/gateway-config.ts";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { requestOf } from "../support/otlp/item-names.ts";

let grafana: FakeGrafana;
let pipeline: PipelineProcess | undefined;
beforeEach(async () => {
  grafana = await startFakeGrafana();
});
afterEach(async () => {
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
  await grafana.close();
});

const seed = (httpPort: number, timeout = "200ms") => gatewayConfig({ httpPort, grpc: false, timeout });

test("an owner's own configuration runs: reloads under load lose no request and no connection", async () => {
  const port = await freePort();
  pipeline = await startPipelineProcess({ config: seed(port), env: environment(grafana) });
  const sending = sender(port);
  for (const timeout of ["100ms", "50ms", "150ms"]) {
    const before = sending.count();
    await expect.poll(() => sending.count()).toBeGreaterThan(before + 8);
    pipeline.configure(seed(port, timeout));
    expect(await pipeline.page("/-/reload", "POST")).toEqual({ status: 200, text: "config reloaded\n" });
    pipeline.configure(`${seed(port, timeout)}\notelcol.processor.nope "x" { }\n`);
    expect((await pipeline.page("/-/reload", "POST")).status).toBe(400);
  }
  const { acknowledged, failed } = await sending.stop();
  expect(failed).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(20);
  await expect.poll(() => acknowledged.filter((name) => !grafana.delivered.has(name))).toEqual([]);
  expect(acknowledged.filter((name) => grafana.delivered.get(name) !== 1)).toEqual([]);
  expect(grafana.complaints).toEqual([]);
  expect(pipeline.log()).not.toContain("glc_test");
});

function environment({ endpoint, instanceId, apiKey }: FakeGrafana): Record<string, string> {
  return {
    GRAFANA_CLOUD_OTLP_ENDPOINT: endpoint,
    GRAFANA_CLOUD_INSTANCE_ID: instanceId,
    GRAFANA_CLOUD_API_KEY: apiKey,
  };
}

/** Sends log records of its own names without a pause, a few requests at once. */
function sender(port: number) {
  const acknowledged: string[] = [];
  const failed: string[] = [];
  let next = 0;
  let stopped = false;
  const workers = Array.from({ length: 4 }, async () => {
    while (!stopped) {
      const name = `item-${next++}`;
      const answer = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
        method: "POST",
        headers: { "content-type": "application/x-protobuf" },
        body: requestOf("logs", { names: [name] }),
      }).catch((error: unknown) => String(error));
      if (typeof answer !== "string" && answer.status === 200) acknowledged.push(name);
      else failed.push(`${name}: ${typeof answer === "string" ? answer : answer.status}`);
      // What is refused because nobody listens any more is refused at once.
      if (typeof answer === "string") await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  return {
    count: () => acknowledged.length,
    async stop() {
      stopped = true;
      await Promise.all(workers);
      return { acknowledged, failed };
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
