import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { peers } from "../../../bench/peers/find-peers.ts";
import { createOtlpClients } from "../../support/clients/otlp-clients.ts";
import { type PipelineProcess, startPipelineProcess } from "../../support/daemon/run-pipeline.ts";
import { startPrometheus } from "../../support/prometheus/prometheus-server.ts";

/** As the owner's notes print it: three mistakes, of which the first is told first. */
const printed = `
logging {
  level  = "debug"
  format = "logfmt"
}

otelcol.receiver.otlp "default" {
  http {}
  grpc {}

  output {
    metrics  = [otelcol.processor.batch.default.input]
  }
}

otelcol.processor.batch "default" {
  output {
    traces  = [otelcol.exporter.otlphttp.tempo.input]
  }
}

otelcol.exporter.prometheus "default" {
  forward_to = [prometheus.remote_write.default.receiver]
}

prometheus.remote_write "default" {
  endpoint{
    url = "http://localhost:9090/api/v1/write"
  }
  basic_auth {
    username = "admin"
    password = "admin"
  }
}
`;

let pipeline: PipelineProcess | undefined;
afterEach(async () => {
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
});

describe("the seed linux-host", () => {
  it("refuses the printed configuration with Alloy's diagnostics, one mistake after the other", async () => {
    const missing = /component "otelcol\.exporter\.otlphttp\.tempo\.input" does not exist or is out of scope/;
    await expect(startPipelineProcess({ config: printed })).rejects.toThrow(missing);
    const wired = printed.replace("traces  = [otelcol.exporter.otlphttp.tempo.input]", "");
    await expect(startPipelineProcess({ config: wired })).rejects.toThrow(/unrecognized block name "basic_auth"/);
  });

  it.skipIf(!peers.prometheus)("delivers the corrected one to a real Prometheus", async () => {
    const prometheus = await startPrometheus();
    const example = readFileSync(new URL("../../../examples/linux-host/config.alloy", import.meta.url), "utf8");
    const anyPort = (block: string) => `${block} {\n\t\tendpoint = "127.0.0.1:0"\n\t}`;
    const config = example.replace("http { }", anyPort("http")).replace("grpc { }", anyPort("grpc"));
    pipeline = await startPipelineProcess({ config, env: { PROMETHEUS_URL: `${prometheus.url}/api/v1/write` } });
    const portOf = async (server: string) => {
      const line = new RegExp(`Starting ${server} server".*endpoint=127\\.0\\.0\\.1:(\\d+)`);
      await expect.poll(() => line.exec(pipeline?.log() ?? "")?.[1]).toBeDefined();
      return Number(line.exec(pipeline?.log() ?? "")?.[1]);
    };
    const clients = createOtlpClients({ grpcPort: await portOf("GRPC"), httpPort: await portOf("HTTP") });
    for (const client of clients) if (client.signal === "metrics") expect(await client.send([client.label])).toBe(true);
    await expect.poll(async () => (await prometheus.query('{job="checkout"}')).size).toBeGreaterThan(0);
    for (const client of clients) await client.close();
    await prometheus.close();
  });
});
