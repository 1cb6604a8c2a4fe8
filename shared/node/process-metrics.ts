import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metrics } from "../telemetry/metrics/metrics.ts";

/** Every look at the loop wakes the process: at 100 ms that was half of what an idle daemon used (1.0 and 0.5 ms a second). */
const resolutionMs = 500;
const percentiles = { median: 50, p99: 99, max: 100 };

/**
 * Starts watching this process and answers with a function that sets its gauges: memory, processor time, event-loop
 * delay since the last call. Call it just before a snapshot.
 */
export function createProcessMetrics(metrics: Metrics, { version }: { readonly version: string }): () => void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  metrics.set("sluice_build_info", { version, node: process.version }, 1);
  metrics.set("process_start_time_seconds", {}, Math.floor(Date.now() / 1_000 - process.uptime()));
  return () => {
    const { user, system } = process.cpuUsage();
    metrics.set("process_resident_memory_bytes", {}, process.memoryUsage.rss());
    metrics.set("process_cpu_seconds_total", {}, (user + system) / 1e6);
    for (const [stat, percentile] of Object.entries(percentiles)) {
      // What is recorded is the time between two looks, not how late the second one was.
      const lateMs = delay.count > 0 ? delay.percentile(percentile) / 1e6 - resolutionMs : 0;
      metrics.set("sluice_event_loop_delay_seconds", { stat }, Math.max(0, lateMs) / 1000);
    }
    delay.reset();
  };
}
