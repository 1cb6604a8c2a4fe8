import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { framed, gaugesOf, streamedRequest } from "../support/firehose/metric-stream.ts";
import { firehoseRequest } from "../support/firehose/requests.ts";
import { freePort } from "../support/free-port.ts";

let grafana: FakeGrafana;
let running: PipelineProcess | undefined;

beforeEach(async () => {
  grafana = await startFakeGrafana();
});
afterEach(async () => {
  await running?.end("SIGKILL");
  if (running) rmSync(running.directory, { recursive: true, force: true });
  running = undefined;
  await grafana.close();
});

const config = (port: number) => `
sluice.receiver.awsfirehose "aws" {
  http {
    listen_address = "127.0.0.1"
    listen_port    = ${port}
  }
  access_key = "k-correct"
  output {
    metrics = [otelcol.exporter.otlphttp.grafana_cloud.input]
  }
}
otelcol.auth.basic "grafana_cloud" {
  username = sys.env("GRAFANA_CLOUD_INSTANCE_ID")
  password = sys.env("GRAFANA_CLOUD_API_KEY")
}
otelcol.exporter.otlphttp "grafana_cloud" {
  client {
    endpoint = sys.env("GRAFANA_CLOUD_OTLP_ENDPOINT")
    timeout  = "500ms"
    auth     = otelcol.auth.basic.grafana_cloud.handler
  }
  retry_on_failure { initial_interval = "100ms" }
}
`;

async function start(port: number, directory?: string): Promise<PipelineProcess> {
  const env = {
    GRAFANA_CLOUD_INSTANCE_ID: grafana.instanceId,
    GRAFANA_CLOUD_API_KEY: grafana.apiKey,
    GRAFANA_CLOUD_OTLP_ENDPOINT: grafana.endpoint,
    SLUICE_EXPORT_TIMEOUT: "1s",
  };
  return startPipelineProcess({ config: config(port), env, ...(directory && { directory }) });
}

const metric = (name: string) => framed([streamedRequest([{ namespace: "AWS/EC2", name, count: 2, sum: 3 }])]);
const arrived = () =>
  new Set(
    grafana.requests
      .filter(({ status }) => status === 200)
      .flatMap(({ body }) => gaugesOf(body).map(({ name }) => name)),
  );

async function deliver(port: number, name: string): Promise<number> {
  const { headers, body } = firehoseRequest([metric(name)], { id: name });
  const url = `http://127.0.0.1:${port}/awsfirehose/api/v1/push`;
  const answer = await fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
  return answer.status;
}

describe("a daemon that Firehose delivers to", () => {
  it("delivers what it answered with success, whatever is killed and down meanwhile", async () => {
    const port = await freePort();
    grafana.behave(() => ({ status: 503 }));
    running = await start(port);
    await expect.poll(() => deliver(port, "Before").catch(() => 0), { timeout: 10_000 }).toBe(200);
    const { directory } = running;
    await running.end("SIGKILL");
    grafana.behave(() => undefined);
    running = await start(port, directory);
    await expect.poll(() => [...arrived()], { timeout: 15_000 }).toContain("aws_ec2_before_average");
    await expect.poll(() => deliver(port, "After").catch(() => 0), { timeout: 10_000 }).toBe(200);
    await expect.poll(() => [...arrived()], { timeout: 5000 }).toContain("aws_ec2_after_sum");
    expect(grafana.complaints).toEqual([]);
  }, 60_000);
});
