import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { addSample, createSampleBatch } from "../../shared/prometheus/sample.ts";
import { seriesOf } from "../../shared/prometheus/series.ts";
import { createOtlpClients } from "../support/clients/otlp-clients.ts";
import { createDaemonWorld } from "../support/daemon/daemon-world.ts";
import { temporaryDirectory } from "../support/disk/stand.ts";
import { type PrometheusServer, secured, startPrometheus } from "../support/prometheus/prometheus-server.ts";
import { startWritePipeline } from "../support/prometheus/write-pipeline.ts";

const outOfOrder = "global: {scrape_interval: 1h}\nstorage: {tsdb: {out_of_order_time_window: 1h}}\n";

describe.skipIf(!peers.prometheus)("a real Prometheus behind TLS and a password, which takes what is late", () => {
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    prometheus = await startPrometheus(outOfOrder, { isSecured: true });
  });

  afterAll(() => prometheus.close());

  it.each(["prometheus.WriteRequest", "io.prometheus.write.v2.Request"])(
    "takes %s, late samples included",
    async (message) => {
      const pipeline = await startWritePipeline({
        scrape: "targets = []\nforward_to = [receiver]",
        write: `endpoint {
          url = "${prometheus.url}/api/v1/write"
          protobuf_message = "${message}"
          basic_auth {
            username = "${secured.username}"
            password = "${secured.password}"
          }
          tls_config { ca_file = "${secured.caFile}" }
          queue_config { batch_send_deadline = "50ms" }
        }`,
      });
      const name = message.includes("v2") ? "late_two" : "late_one";
      const now = Date.now();
      for (const ageMs of [0, 60_000]) {
        const batch = createSampleBatch();
        addSample(batch, seriesOf(["__name__", name]), { timeMs: now - ageMs, value: ageMs });
        await pipeline.write.exports().receiver.consume(batch);
      }
      await expect
        .poll(async () => [...(await prometheus.samples(name)).values()].map((samples) => samples.length))
        .toEqual([2]);
      await pipeline.stop();
      expect(pipeline.events().filter((event) => event.name === "batch.dead-lettered")).toEqual([]);
    },
  );

  it("takes metrics over OTLP from a daemon that only the environment configures", async () => {
    const world = await createDaemonWorld();
    try {
      const daemon = await world.start({
        SLUICE_QUEUE_URL: "",
        SLUICE_DEAD_LETTER_QUEUE_URL: "",
        SLUICE_STORAGE_PATH: temporaryDirectory(),
        SLUICE_DESTINATIONS: "prom=metrics",
        SLUICE_DESTINATION_PROM_ENDPOINT: `${prometheus.url}/api/v1/otlp`,
        SLUICE_DESTINATION_PROM_USERNAME: secured.username,
        SLUICE_DESTINATION_PROM_PASSWORD: secured.password,
        SLUICE_DESTINATION_PROM_CA_FILE: secured.caFile,
      });
      const client = createOtlpClients(daemon).find(({ signal }) => signal === "metrics");
      expect(await client?.send(["over_otlp"])).toBe(true);
      await expect.poll(async () => (await prometheus.query('load{name="over_otlp", job="checkout"}')).size).toBe(1);
      await client?.close();
    } finally {
      await world.close();
    }
  });
});
