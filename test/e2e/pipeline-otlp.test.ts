import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { runCollector } from "../../bench/peers/run-collector.ts";
import { createOtlpClients, type OtlpClient } from "../support/clients/otlp-clients.ts";
import { gatewayConfig } from "../support/daemon/gateway-config.ts";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { startLenientReceiver } from "../support/destination/lenient-receiver.ts";

let pipeline: PipelineProcess | undefined;
let clients: OtlpClient[] = [];
let first: FakeGrafana;
let second: FakeGrafana;

beforeEach(async () => {
  first = await startFakeGrafana();
  second = await startFakeGrafana();
});
afterEach(async () => {
  for (const client of clients) await client.close();
  clients = [];
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
  await first.close();
  await second.close();
});

const owner = gatewayConfig();

/** The same receiver, to two destinations. */
const both = `
otelcol.receiver.otlp "default" {
  grpc { endpoint = "127.0.0.1:0" }
  http { endpoint = "127.0.0.1:0" }
  output {
    metrics = [otelcol.exporter.otlphttp.one.input, otelcol.exporter.otlphttp.two.input]
    logs    = [otelcol.exporter.otlphttp.one.input, otelcol.exporter.otlphttp.two.input]
    traces  = [otelcol.exporter.otlphttp.one.input, otelcol.exporter.otlphttp.two.input]
  }
}
otelcol.auth.basic "grafana_cloud" {
  username = sys.env("GRAFANA_CLOUD_INSTANCE_ID")
  password = sys.env("GRAFANA_CLOUD_API_KEY")
}
otelcol.exporter.otlphttp "one" {
  client {
    endpoint = sys.env("FIRST")
    auth     = otelcol.auth.basic.grafana_cloud.handler
  }
}
otelcol.exporter.otlphttp "two" {
  client {
    endpoint = sys.env("SECOND")
    timeout  = "1s"
    auth     = otelcol.auth.basic.grafana_cloud.handler
  }
  retry_on_failure { initial_interval = "200ms" }
}
`;

async function start(
  config: string,
  more: Readonly<Record<string, string>> = {},
  directory?: string,
): Promise<PipelineProcess> {
  const env = {
    GRAFANA_CLOUD_INSTANCE_ID: first.instanceId,
    GRAFANA_CLOUD_API_KEY: first.apiKey,
    GRAFANA_CLOUD_OTLP_ENDPOINT: first.endpoint,
    FIRST: first.endpoint,
    SECOND: second.endpoint,
    ...more,
  };
  const started = await startPipelineProcess({ config, env, ...(directory && { directory }) });
  await expect.poll(() => portOf(started, "HTTP")).toBeGreaterThan(0);
  clients = createOtlpClients({
    grpcPort: portOf(started, "GRPC"),
    httpPort: portOf(started, "HTTP"),
    timeoutMillis: 2500,
  });
  return started;
}

function portOf(started: PipelineProcess, protocol: "GRPC" | "HTTP"): number {
  return Number(
    new RegExp(`Starting ${protocol} server.*endpoint=127\\.0\\.0\\.1:(\\d+)`).exec(started.log())?.[1] ?? 0,
  );
}

/** Traces as they leave a cluster: resources are completed, probes are dropped, tokens are hidden; gRPC to the next hop. */
const hop = `
otelcol.receiver.otlp "default" {
  grpc { endpoint = "127.0.0.1:0" }
  http { endpoint = "127.0.0.1:0" }
  output { traces = [otelcol.processor.memory_limiter.default.input] }
}
otelcol.processor.memory_limiter "default" {
  check_interval = "1s"
  limit          = "4GiB"
  output { traces = [otelcol.processor.resourcedetection.default.input] }
}
otelcol.processor.resourcedetection "default" {
  detectors = ["env"]
  output { traces = [otelcol.processor.filter.default.input] }
}
otelcol.processor.filter "default" {
  traces { span = [\`IsMatch(name, "probe")\`] }
  output { traces = [otelcol.processor.transform.default.input] }
}
otelcol.processor.transform "default" {
  trace_statements {
    context    = "span"
    statements = [
      \`replace_pattern(name, "token=\\\\w+", "token=***")\`,
      \`set(name, Concat([name, resource.attributes["deployment.environment"]], " ")) where resource.attributes["deployment.environment"] != nil\`,
    ]
  }
  output { traces = [otelcol.processor.batch.default.input] }
}
otelcol.processor.batch "default" {
  output { traces = [otelcol.exporter.otlp.tempo.input] }
}
otelcol.exporter.otlp "tempo" {
  client {
    endpoint = sys.env("HOP")
    tls { insecure = true }
  }
}
`;

describe.skipIf(!peers.collector)("a pipeline to the Collector", () => {
  it("completes, drops and hides on the way, and hands over by gRPC", async () => {
    const receiver = await startLenientReceiver();
    const collector = await runCollector({ http: receiver.url });
    if (!collector) throw new Error("the Collector did not start");
    pipeline = await start(hop, {
      HOP: `127.0.0.1:${collector.grpcPort}`,
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=dev",
    });
    const traces = clients.filter(({ signal }) => signal === "traces");
    for (const client of traces)
      expect(await client.send([`${client.label} one`, "probe", `${client.label} token=abc`]), client.label).toBe(true);
    const expected = traces.flatMap(({ label }) => [`${label} one dev`, `${label} token=*** dev`]);
    await expect.poll(() => expected.filter((name) => !receiver.names.has(name)), { timeout: 10_000 }).toEqual([]);
    expect([...receiver.names].filter((name) => name.includes("probe"))).toEqual([]);
    await collector.end("SIGTERM");
    await receiver.close();
  });
});

describe("a pipeline of OTLP, run from its owner's file", () => {
  it("takes what real SDKs send over gRPC and HTTP, and delivers it with the credentials of the environment", async () => {
    pipeline = await start(owner);
    for (const client of clients) {
      expect(await client.send([`${client.label} one`, `${client.label} two`]), client.label).toBe(true);
      expect(first.delivered.get(`${client.label} one`), client.label).toBe(1);
      expect(first.delivered.get(`${client.label} two`), client.label).toBe(1);
    }
    expect(first.complaints).toEqual([]);
    expect(await pipeline.page("/-/healthy")).toMatchObject({ status: 200 });
    expect((await pipeline.page("/metrics")).text).toContain(
      'otelcol_exporter_sent_spans_total{component_id="otelcol.exporter.otlphttp.grafana_cloud"} 4',
    );
  });

  it("keeps ports, connections and requests through reloads under load, and says what a bad file has wrong", async () => {
    pipeline = await start(owner);
    const running = pipeline;
    const stop = new AbortController();
    const sent = { taken: [] as string[], refused: 0 };
    const loads = clients.map(async (client) => {
      for (let count = 0; !stop.signal.aborted; count++) {
        const name = `${client.label} ${count}`;
        if (await client.send([name])) sent.taken.push(name);
        else sent.refused++;
      }
    });
    for (let round = 1; round <= 4; round++) {
      running.configure(
        owner
          .replace('processor.batch "default" {', `processor.batch "default" {\n  timeout = "${round * 10}ms"`)
          .replace("  client {", `  client {\n    timeout = "${10 + round}s"`),
      );
      expect(await running.page("/-/reload", "POST")).toMatchObject({ status: 200 });
      running.configure(owner.replace("endpoint = env", "endpont = env"));
      expect(await running.page("/-/reload", "POST")).toMatchObject({ status: 400 });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    stop.abort();
    await Promise.all(loads);
    expect(sent.refused).toBe(0);
    expect(sent.taken.length).toBeGreaterThan(20);
    await expect.poll(() => sent.taken.filter((name) => !first.delivered.has(name))).toEqual([]);
  });

  it("loses nothing acknowledged over kills under load, at either of two destinations, one of them down", async () => {
    const rounds = 3;
    const acknowledged = new Set<string>();
    second.behave(() => ({ status: 503 }));
    let directory: string | undefined;
    for (let round = 0; round < rounds; round++) {
      const started = await start(both, {}, directory);
      directory = started.directory;
      const stop = new AbortController();
      const loads = clients.map(async (client) => {
        for (let count = 0; !stop.signal.aborted; count++) {
          const names = [0, 1, 2].map((index) => `${round} ${client.label} ${count}.${index}`);
          if (await client.send(names)) for (const name of names) acknowledged.add(name);
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 1500 + round * 130));
      await started.end("SIGKILL");
      stop.abort();
      for (const client of clients) await client.close();
      await Promise.all(loads);
    }
    second.behave(() => undefined);
    pipeline = await start(both, {}, directory);
    const missing = (grafana: FakeGrafana) => [...acknowledged].filter((name) => !grafana.delivered.has(name)).length;
    await expect.poll(() => missing(first) + missing(second), { timeout: 30_000 }).toBe(0);
    process.stdout.write(`two destinations, one down: ${rounds} kills, ${acknowledged.size} acknowledged, none lost\n`);
    expect(acknowledged.size).toBeGreaterThan(50);
    await pipeline.end("SIGTERM");
    if (directory) rmSync(directory, { recursive: true, force: true });
  });
});
