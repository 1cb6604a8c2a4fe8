import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import type { Clock } from "../../shared/clock.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { addSample, createSampleBatch } from "../../shared/prometheus/sample.ts";
import { seriesOf } from "../../shared/prometheus/series.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";
import { startWritePipeline } from "../support/prometheus/write-pipeline.ts";

const SERIES = 50;
const TICKS = 60;
const TICK_MS = 50;
const ANSWER_MS = 100;
/** It looks at the load once a second instead of every ten. */
const clock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === 10_000 ? 1_000 : ms, signal),
};

describe.skipIf(!peers.prometheus)("shards of remote write into a real Prometheus that is slow", () => {
  let prometheus: PrometheusServer;
  let underWay = 0;
  let most = 0;
  const slow = createServer(async (request, response) => {
    underWay++;
    most = Math.max(most, underWay);
    const body = await buffer(request);
    await systemClock.sleep(ANSWER_MS);
    const { host: _, connection: __, ...headers } = request.headers;
    const answer = await fetch(`${prometheus.url}/api/v1/write`, {
      method: "POST",
      body: new Uint8Array(body),
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    });
    underWay--;
    response.writeHead(answer.status).end(await answer.text());
  });

  beforeAll(async () => {
    prometheus = await startPrometheus();
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  });

  afterAll(async () => {
    slow.closeAllConnections();
    slow.close();
    await prometheus.close();
  });

  it("become more under load, and every sample arrives in order", async () => {
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/api/v1/write`;
    const running = await startWritePipeline(
      {
        scrape: "targets = []\nforward_to = [receiver]",
        write: `endpoint {
          url = "${url}"
          queue_config {
            min_shards = 1
            max_shards = 8
            max_samples_per_send = ${SERIES}
            batch_send_deadline = "50ms"
          }
        }`,
      },
      undefined,
      clock,
    );
    const { receiver } = running.write.exports();
    const series = Array.from({ length: SERIES }, (_, i) => seriesOf(["__name__", "sharded", "i", String(i)]));
    const startMs = Date.now() - TICKS * TICK_MS;
    const durable: Promise<void>[] = [];
    for (let tick = 0; tick < TICKS; tick++) {
      const batch = createSampleBatch();
      for (const each of series) addSample(batch, each, { timeMs: startMs + tick * TICK_MS, value: tick });
      durable.push(receiver.consume(batch));
      await systemClock.sleep(TICK_MS);
    }
    await Promise.all(durable);
    const counts = async () => [...(await prometheus.samples("sharded")).values()].map((samples) => samples.length);
    await expect.poll(counts, { timeout: 20_000 }).toEqual(new Array(SERIES).fill(TICKS));
    const [samples = []] = (await prometheus.samples("sharded")).values();
    expect(samples.map(([, value]) => value)).toEqual(Array.from({ length: TICKS }, (_, tick) => String(tick)));
    expect(most).toBeGreaterThan(1);
    expect(running.events().filter(({ name }) => name === "batch.dead-lettered")).toEqual([]);
    await running.stop();
  });
});
