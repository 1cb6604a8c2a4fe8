import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { addSample, createSampleBatch } from "../../shared/prometheus/sample.ts";
import { seriesOf } from "../../shared/prometheus/series.ts";
import { type ExpositionServer, startExposition } from "../support/prometheus/exposition-server.ts";
import { startVictoriaMetrics, type VictoriaMetrics } from "../support/prometheus/victoria-metrics.ts";
import { startWritePipeline } from "../support/prometheus/write-pipeline.ts";

describe.skipIf(!peers.victoriaMetrics)("scrape and remote write into a real VictoriaMetrics", () => {
  let victoria: VictoriaMetrics;
  let target: ExpositionServer;

  beforeAll(async () => {
    victoria = await startVictoriaMetrics();
    target = await startExposition('m{path="C:\\\\x",text="é"} 5\nm{path="/"} NaN\nh_bucket{le="+Inf"} 3\n');
  });

  afterAll(async () => {
    await target.close();
    await victoria.close();
  });

  function pipeline(job: string, more = "") {
    return startWritePipeline({
      scrape: `targets = [{"__address__" = "${target.address}", "instance" = "i"}]
        forward_to = [receiver]
        job_name = "${job}"
        scrape_interval = "200ms"
        scrape_timeout = "200ms"`,
      write: `external_labels = {"cluster" = "c"}
        endpoint {
          url = "${victoria.url}/api/v1/write"
          queue_config {
            batch_send_deadline = "50ms"
            ${more}
          }
        }`,
    });
  }

  it("stores labels and values as they were scraped, and the report", async () => {
    const running = await pipeline("vm");
    const label = (name: string, more: object) =>
      JSON.stringify({ __name__: name, cluster: "c", instance: "i", job: "vm", ...more });
    await expect
      .poll(async () =>
        [...(await victoria.samples('{job="vm",__name__=~"m|h_bucket|up"}'))].map(([key, [first]]) => [key, first]),
      )
      .toEqual(
        expect.arrayContaining([
          [label("m", { path: "C:\\x", text: "é" }), 5],
          [label("h_bucket", { le: "+Inf" }).replace(/^(.*),"le":"\+Inf"}$/, '$1,"le":"+Inf"}'), 3],
          [label("up", {}), 1],
        ]),
      );
    await running.stop();
  });

  it("gets every sample of many series over several shards, each once", async () => {
    const running = await pipeline("many", "min_shards = 4\n max_samples_per_send = 100");
    const { receiver } = running.write.exports();
    const series = Array.from({ length: 300 }, (_, i) => seriesOf(["__name__", "many", "i", String(i)]));
    const start = Date.now() - 60_000;
    for (let round = 0; round < 20; round++) {
      const batch = createSampleBatch();
      for (const each of series) {
        addSample(batch, each, { timeMs: start + round * 1_000, value: round });
      }
      await receiver.consume(batch);
    }
    const expected = Array.from({ length: 20 }, (_, round) => round);
    await expect
      .poll(async () => [...(await victoria.samples("many")).values()].filter((each) => each.length === 20).length, {
        timeout: 45_000,
      })
      .toBe(300);
    expect([...(await victoria.samples("many")).values()]).toEqual(new Array(300).fill(expected));
    await running.stop();
  });
});
