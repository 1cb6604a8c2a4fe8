import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peers } from "../../../bench/peers/find-peers.ts";
import { createOtlpClients } from "../../support/clients/otlp-clients.ts";
import { gatewayConfig } from "../../support/daemon/gateway-config.ts";
import { type PipelineProcess, startPipelineProcess } from "../../support/daemon/run-pipeline.ts";
import { type FakeGrafana, startFakeGrafana } from "../../support/destination/fake-grafana.ts";
import { type FakeSsm, startFakeSsm } from "../../support/fake-ssm.ts";

/** The file that the owner keeps in SSM, but for its addresses: a test has no ports of its own. */
const owner = gatewayConfig();

let pipeline: PipelineProcess | undefined;
let grafana: FakeGrafana;
let ssm: FakeSsm;

beforeEach(async () => {
  grafana = await startFakeGrafana();
  ssm = await startFakeSsm();
});
afterEach(async () => {
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
  await grafana.close();
  await ssm.close();
});

describe("the seed ecs-daemon-otlp", () => {
  it("runs from the text in the environment, as ECS puts a secret there, and serves what SDKs send", async () => {
    const running = await start({ ALLOY_CONFIG: owner }, []);
    const clients = createOtlpClients({ grpcPort: portOf(running, "GRPC"), httpPort: portOf(running, "HTTP") });
    for (const client of clients) {
      expect(await client.send([`${client.label} one`]), client.label).toBe(true);
      expect(grafana.delivered.get(`${client.label} one`), client.label).toBe(1);
      await client.close();
    }
    expect(grafana.complaints).toEqual([]);
    expect(running.log()).not.toContain(grafana.apiKey);
  });

  it.skipIf(!peers.telemetrygen)("runs from an SSM parameter, and takes what the owner tests it with", async () => {
    ssm.put("/alloy-daemon/demo/config", owner, "SecureString");
    const running = await start({}, ["--config.ssm=/alloy-daemon/demo/config"]);
    const grpcPort = portOf(running, "GRPC");
    for (const signal of ["traces", "metrics", "logs"]) {
      await telemetrygen(signal, grpcPort);
      await expect
        .poll(async () => (await running.page("/metrics")).text)
        .toMatch(new RegExp(`otelcol_exporter_sent_${sentAs[signal]}_total\\{[^}]*grafana_cloud"\\} [1-9]`));
    }
    expect(grafana.complaints).toEqual([]);
    ssm.put("/alloy-daemon/demo/config", owner.replace("endpoint = env", "endpont = env"), "SecureString");
    expect(await running.page("/-/reload", "POST")).toMatchObject({
      status: 400,
      text: expect.stringContaining('unrecognized attribute name "endpont"'),
    });
    expect(await running.page("/-/healthy")).toMatchObject({ status: 200 });
  });
});

const sentAs: Readonly<Record<string, string>> = { traces: "spans", metrics: "metric_points", logs: "log_records" };

async function start(env: Readonly<Record<string, string>>, flags: readonly string[]): Promise<PipelineProcess> {
  const secrets = {
    GRAFANA_CLOUD_INSTANCE_ID: grafana.instanceId,
    GRAFANA_CLOUD_API_KEY: grafana.apiKey,
    GRAFANA_CLOUD_OTLP_ENDPOINT: grafana.endpoint,
  };
  const aws = {
    AWS_ENDPOINT_URL_SSM: ssm.endpoint,
    AWS_REGION: "eu-west-2",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const started = await startPipelineProcess({
    config: "",
    env: { ...secrets, ...aws, ...env },
    flags,
    withoutPath: true,
  });
  pipeline = started;
  await expect.poll(() => portOf(started, "HTTP")).toBeGreaterThan(0);
  return started;
}

function portOf(started: PipelineProcess, protocol: "GRPC" | "HTTP"): number {
  const found = new RegExp(`Starting ${protocol} server.*endpoint=127\\.0\\.0\\.1:(\\d+)`).exec(started.log());
  return Number(found?.[1] ?? 0);
}

async function telemetrygen(signal: string, port: number): Promise<void> {
  const args = [signal, "--otlp-endpoint", `127.0.0.1:${port}`, "--otlp-insecure", `--${signal}`, "2", "--rate", "0"];
  const child = spawn(peers.telemetrygen ?? "", args, { stdio: "ignore" });
  const [code] = await once(child, "exit");
  expect(code, signal).toBe(0);
}
