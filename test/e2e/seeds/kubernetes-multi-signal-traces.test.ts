import { afterEach, describe, expect, it } from "vitest";
import { peers } from "../../../bench/peers/find-peers.ts";
import { runCollector } from "../../../bench/peers/run-collector.ts";
import { createOtlpClients, type OtlpClient } from "../../support/clients/otlp-clients.ts";
import { type PipelineProcess, startPipelineProcess } from "../../support/daemon/run-pipeline.ts";
import { type LenientReceiver, startLenientReceiver } from "../../support/destination/lenient-receiver.ts";

/** The owner's trace pipeline, but for its addresses. */
const printed = `
otelcol.receiver.otlp "default" {
  grpc { endpoint = "127.0.0.1:0" }
  http { endpoint = "127.0.0.1:0" }
  output { traces = [otelcol.exporter.otlp.tempo.input] }
}
`;

/** What stands beside it in the values of its chart. */
const tempo = `
otelcol.exporter.otlp "tempo" {
  client {
    endpoint = env("TEMPO")
    tls { insecure = true }
  }
}
`;

let pipeline: PipelineProcess | undefined;
let receiver: LenientReceiver | undefined;
let clients: readonly OtlpClient[] = [];
afterEach(async () => {
  for (const client of clients) await client.close();
  clients = [];
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
  await receiver?.close();
  receiver = undefined;
});

describe("the traces of the seed kubernetes-multi-signal", () => {
  it("do not load without the exporter that they go to", async () => {
    await expect(startPipelineProcess({ config: printed })).rejects.toThrow(
      /:5:22: component "otelcol\.exporter\.otlp\.tempo\.input" does not exist or is out of scope/,
    );
  });

  it.skipIf(!peers.collector)(
    "reach what stands for Tempo over gRPC, from SDKs that are set up as its notes say",
    async () => {
      receiver = await startLenientReceiver();
      const collector = await runCollector({ http: receiver.url });
      if (!collector) throw new Error("the Collector did not start");
      const running = await startPipelineProcess({
        config: `${printed}${tempo}`,
        env: { TEMPO: `127.0.0.1:${collector.grpcPort}` },
      });
      pipeline = running;
      await expect.poll(() => portOf(running, "HTTP")).toBeGreaterThan(0);
      clients = createOtlpClients({ grpcPort: portOf(running, "GRPC"), httpPort: portOf(running, "HTTP") });
      const expected: string[] = [];
      for (const client of clients) {
        const names = [`${client.label} one`, `${client.label} two`];
        expect(await client.send(names), client.label).toBe(true);
        if (client.signal === "traces") expected.push(...names);
      }
      await expect.poll(() => expected.filter((name) => !receiver?.names.has(name)), { timeout: 10_000 }).toEqual([]);
      // Metrics and logs go nowhere in this pipeline: that is counted, and told once.
      expect([...receiver.names].toSorted()).toEqual(expected.toSorted());
      expect(running.log()).toContain("output has no consumer for logs");
      expect((await running.page("/metrics")).text).toMatch(
        /otelcol_processor_dropped_items_total\{component_id="otelcol\.receiver\.otlp\.default",signal="metrics"[^}]*\} \d/,
      );
      await collector.end("SIGTERM");
    },
  );
});

function portOf(started: PipelineProcess, protocol: "GRPC" | "HTTP"): number {
  const found = new RegExp(`Starting ${protocol} server.*endpoint=127\\.0\\.0\\.1:(\\d+)`).exec(started.log());
  return Number(found?.[1] ?? 0);
}
