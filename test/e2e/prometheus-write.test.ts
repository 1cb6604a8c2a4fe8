import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { addSample, createSampleBatch } from "../../shared/prometheus/sample.ts";
import { seriesOf } from "../../shared/prometheus/series.ts";
import { type ExpositionServer, startExposition } from "../support/prometheus/exposition-server.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";
import { startWritePipeline } from "../support/prometheus/write-pipeline.ts";

describe.skipIf(!peers.prometheus)("scrape and remote write into a real Prometheus", () => {
  let prometheus: PrometheusServer;
  let target: ExpositionServer;

  beforeAll(async () => {
    prometheus = await startPrometheus();
    target = await startExposition("");
  });

  afterAll(async () => {
    await target.close();
    await prometheus.close();
  });

  function pipeline(job: string, options: { interval?: string; message?: string } = {}) {
    const interval = options.interval ?? "200ms";
    return startWritePipeline({
      scrape: `targets = [{"__address__" = "${target.address}", "instance" = "i"}]
        forward_to = [receiver]
        job_name = "${job}"
        scrape_interval = "${interval}"
        scrape_timeout = "${interval}"`,
      write: `external_labels = {"cluster" = "c"}
        endpoint {
          url = "${prometheus.url}/api/v1/write"
          protobuf_message = "${options.message ?? "prometheus.WriteRequest"}"
          queue_config { batch_send_deadline = "50ms" }
        }`,
    });
  }

  it("stores what was scraped, with labels, report and staleness", async () => {
    target.body = '# TYPE a counter\na{x="1"} 5\nb 7\n';
    const running = await pipeline("first");
    await expect
      .poll(() => prometheus.query('a{job="first"}'))
      .toEqual(new Map([['{"__name__":"a","cluster":"c","instance":"i","job":"first","x":"1"}', "5"]]));
    await expect
      .poll(() => prometheus.query('up{job="first"}'))
      .toEqual(new Map([['{"__name__":"up","cluster":"c","instance":"i","job":"first"}', "1"]]));
    target.body = '# TYPE a counter\na{x="1"} 6\n';
    await expect.poll(async () => (await prometheus.query('b{job="first"}')).size).toBe(0);
    target.status = 503;
    await expect.poll(async () => (await prometheus.query('a{job="first"}')).size).toBe(0);
    await expect.poll(async () => [...(await prometheus.query('up{job="first"}')).values()]).toEqual(["0"]);
    target.status = 200;
    await running.stop();
    expect(target.seen.at(-1)).toMatchObject({
      accept: expect.stringContaining("application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6"),
      "accept-encoding": "gzip",
      "x-prometheus-scrape-timeout-seconds": "0.2",
    });
  });

  it("leaves no gap and no disorder behind an outage", async () => {
    let scrapes = 0;
    target.body = () => `n ${++scrapes}\n`;
    const running = await pipeline("outage", { interval: "100ms" });
    await expect.poll(async () => (await prometheus.query('n{job="outage"}')).size).toBe(1);
    await prometheus.stop("SIGKILL");
    const before = scrapes;
    await expect.poll(() => scrapes - before, { timeout: 15_000 }).toBeGreaterThan(10);
    await prometheus.start();
    const after = scrapes;
    await expect.poll(() => scrapes - after, { timeout: 15_000 }).toBeGreaterThan(10);
    await running.stop();
    const [samples = []] = (await prometheus.samples('n{job="outage"}')).values();
    const [ups = []] = (await prometheus.samples('up{job="outage"}')).values();
    // A scrape that a busy machine was too late for has an `up` of 0 in place of its value.
    const values = samples.map(([, value]) => Number(value)).filter((value) => !Number.isNaN(value));
    const failed = ups.filter(([, value]) => Number(value) === 0).length;
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.length + failed).toBeGreaterThanOrEqual(scrapes - 1);
    expect(new Set(values).size).toBe(values.length);
    const times = samples.map(([seconds]) => seconds);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("delivers thousands of good series beside a poisoned one", async () => {
    const running = await pipeline("poison", { interval: "10s" });
    const { receiver } = running.write.exports();
    const now = Date.now();
    const poison = seriesOf(["__name__", "m", "i", "poison"]);
    const first = createSampleBatch();
    addSample(first, poison, { timeMs: now, value: 1 });
    await receiver.consume(first);
    await expect.poll(async () => (await prometheus.query('m{i="poison"}')).size).toBe(1);
    const batch = createSampleBatch();
    for (let i = 0; i < 1_999; i++) {
      addSample(batch, seriesOf(["__name__", "m", "i", String(i)]), { timeMs: now, value: i });
      if (i === 777) {
        addSample(batch, poison, { timeMs: now - 60_000, value: 2 });
      }
    }
    await receiver.consume(batch);
    await expect
      .poll(async () => [...(await prometheus.query('count(m{cluster="c"})')).values()], { timeout: 20_000 })
      .toEqual(["2000"]);
    await expect.poll(() => running.events().filter(({ name }) => name === "batch.dead-lettered").length).toBe(1);
    await running.stop();
    expect(running.events().find(({ name }) => name === "batch.dead-lettered")?.fields).toMatchObject({
      items: 1,
      message: expect.stringContaining("out of order sample"),
    });
  });

  it("writes 2.0, and finds the one sample that is refused", async () => {
    target.body = '# HELP two_total of two\n# TYPE two_total counter\ntwo_total{x="größe"} 5\n';
    const running = await pipeline("second", { message: "io.prometheus.write.v2.Request" });
    await expect
      .poll(async () => [...(await prometheus.query('two_total{job="second",x="größe"}')).values()])
      .toEqual(["5"]);
    const { receiver } = running.write.exports();
    const now = Date.now();
    const poison = seriesOf(["__name__", "p", "i", "poison"]);
    const first = createSampleBatch();
    addSample(first, poison, { timeMs: now, value: 1 });
    await receiver.consume(first);
    const batch = createSampleBatch();
    for (let i = 0; i < 100; i++) addSample(batch, seriesOf(["__name__", "p", "i", `${i}`]), { timeMs: now, value: i });
    addSample(batch, poison, { timeMs: now - 60_000, value: 2 });
    await receiver.consume(batch);
    await expect.poll(async () => [...(await prometheus.query("count(p)")).values()]).toEqual(["101"]);
    await expect.poll(() => running.events().filter(({ name }) => name === "batch.dead-lettered").length).toBe(1);
    await running.stop();
    expect(running.events().find(({ name }) => name === "export.warned")).toBeUndefined();
    expect(running.events().find(({ name }) => name === "batch.dead-lettered")?.fields).toMatchObject({ items: 1 });
  });
});
