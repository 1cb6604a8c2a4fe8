import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startWritePipeline } from "../../support/prometheus/write-pipeline.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A target with one sample, and a receiver that answers one after the other, the last one forever. */
async function start(answers: readonly number[]): Promise<() => Record<string, number>> {
  const left = [...answers];
  const server = createServer((incoming, response) => {
    incoming.resume();
    if (incoming.method === "GET") return void response.setHeader("content-type", "text/plain").end("m 1\n");
    response.writeHead((left.length > 1 ? left.shift() : left[0]) ?? 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const pipeline = await startWritePipeline({
    scrape: `targets = [{"__address__" = "127.0.0.1:${port}"}]
      forward_to = [receiver]
      scrape_interval = "1s"
      scrape_timeout = "1s"`,
    write: `endpoint { url = "http://127.0.0.1:${port}/api/v1/write" }`,
  });
  closers.push(() => pipeline.stop());
  return () => {
    const series = [...pipeline.write.metrics.snapshot(), ...pipeline.scrape.metrics.snapshot()];
    return Object.fromEntries(series.map(({ name, points }) => [name, points[0]?.value ?? 0]));
  };
}

describe("prometheus.remote_write", () => {
  it("has the times of what came and of what was sent, which alerts on a remote write that is behind compare", async () => {
    const metrics = await start([204]);
    await expect.poll(metrics, { timeout: 8000 }).toMatchObject({
      prometheus_remote_storage_queue_highest_sent_timestamp_seconds: expect.any(Number),
      prometheus_target_interval_length_seconds: expect.any(Number),
      prometheus_remote_storage_samples_pending: expect.any(Number),
    });
    // Set when the number of shards is looked at, not by an append that is not over: it would always say what that one has.
    expect(metrics().prometheus_remote_storage_samples_pending).toBe(0);
    const seconds = Date.now() / 1000;
    const {
      prometheus_remote_storage_highest_timestamp_in_seconds: came = 0,
      prometheus_remote_storage_queue_highest_sent_timestamp_seconds: sent = 0,
    } = metrics();
    expect(Math.abs(seconds - came)).toBeLessThan(10);
    expect(Math.abs(seconds - sent)).toBeLessThan(10);
  });

  it("counts samples that are sent again, and those that are refused", async () => {
    const metrics = await start([503, 400]);
    await expect.poll(metrics, { timeout: 15_000 }).toMatchObject({
      prometheus_remote_storage_samples_retried_total: expect.any(Number),
      prometheus_remote_storage_samples_failed_total: expect.any(Number),
    });
  });
});
