import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { type ExpositionServer, startExposition } from "../support/prometheus/exposition-server.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";
import { startWritePipeline, type WritePipeline } from "../support/prometheus/write-pipeline.ts";

interface Case {
  readonly contentType: string;
  readonly text?: string;
  readonly base64?: string;
}

const path = new URL("../fixtures/prometheus/exposition.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly Case[] };
const usable = cases.filter(({ text, base64 }) => (text ?? base64) !== undefined);

describe.skipIf(!peers.prometheus)("Sluice and Prometheus scrape the same targets", () => {
  const targets: ExpositionServer[] = [];
  let oracle: PrometheusServer;
  let receiver: PrometheusServer;
  let pipeline: WritePipeline;

  beforeAll(async () => {
    for (const { contentType, text, base64 } of usable) {
      const target = await startExposition("");
      target.body = base64 === undefined ? (text ?? "") : Buffer.from(base64, "base64");
      target.contentType = contentType;
      targets.push(target);
    }
    const jobs = targets
      .map(({ address }, i) => `      - targets: ["${address}"]\n        labels: {instance: "${i}"}\n`)
      .join("");
    oracle = await startPrometheus(
      `global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n  - job_name: j\n    metric_name_validation_scheme: legacy\n    fallback_scrape_protocol: PrometheusText0.0.4\n    static_configs:\n${jobs}`,
    );
    receiver = await startPrometheus();
    const list = targets.map(({ address }, i) => `{"__address__" = "${address}", "instance" = "${i}"}`).join(", ");
    pipeline = await startWritePipeline({
      scrape: `targets = [${list}]\nforward_to = [receiver]\njob_name = "j"\nscrape_interval = "1s"\nscrape_timeout = "1s"`,
      write: `endpoint {\n  url = "${receiver.url}/api/v1/write"\n}`,
    });
  });

  afterAll(async () => {
    await pipeline?.stop();
    await Promise.all(targets.map((target) => target.close()));
    await oracle?.close();
    await receiver?.close();
  });

  it("keep the same series with the same values, and fail the same scrapes", async () => {
    const up = async (server: PrometheusServer) => (await server.query('up{job="j"}')).size;
    await expect.poll(() => up(oracle), { timeout: 30_000 }).toBe(usable.length);
    await expect.poll(() => up(receiver), { timeout: 30_000 }).toBe(usable.length);
    // Series with times of their own are old: a range finds them.
    const seen = async (server: PrometheusServer) => {
      const series = await server.query('last_over_time({job="j",__name__!~"scrape_(duration|series).*"}[1m])');
      return [...series].map(([labels, value]) => `${labels} ${value}`).sort();
    };
    expect((await seen(oracle)).length).toBeGreaterThan(3 * usable.length + 80);
    await expect.poll(async () => seen(receiver), { timeout: 20_000 }).toEqual(await seen(oracle));
  });
});
