import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createProcessMetrics } from "../../shared/node/process-metrics.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";

describe("createProcessMetrics()", () => {
  test("measures this process each time it is called", () => {
    const metrics = createMetrics();
    const measure = createProcessMetrics(metrics, { version: "1.2.3" });
    measure();
    const values = new Map(metrics.snapshot().map(({ name, points }) => [name, points]));
    expect(values.get("process_resident_memory_bytes")?.[0]?.value).toBeGreaterThan(10 * 2 ** 20);
    expect(values.get("process_cpu_seconds_total")?.[0]?.value).toBeGreaterThan(0);
    expect(values.get("process_start_time_seconds")?.[0]?.value).toBeLessThanOrEqual(Date.now() / 1_000);
    expect(values.get("sluice_event_loop_delay_seconds")?.map(({ labels }) => labels.stat)).toEqual([
      "median",
      "p99",
      "max",
    ]);
    expect(values.get("sluice_build_info")?.[0]?.labels).toEqual({ version: "1.2.3", node: process.version });
  });

  test("counts as delay only what comes on top of the time between two looks", async () => {
    const metrics = createMetrics();
    const measure = createProcessMetrics(metrics, { version: "1.2.3" });
    const delays = async () => {
      await sleep(1_100);
      measure();
      const series = metrics.snapshot().find(({ name }) => name === "sluice_event_loop_delay_seconds");
      return Object.fromEntries(series?.points.map(({ labels, value }) => [labels.stat, value]) ?? []);
    };
    await expect.poll(async () => (await delays()).median, { timeout: 10_000 }).toBeLessThan(0.009);
    // The first look after a snapshot only begins to count.
    await sleep(600);
    block(800);
    expect((await delays()).max).toBeGreaterThan(0.2);
  });
});

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
