import { describe, expect, it } from "vitest";
import { sumSnapshots } from "../../../daemon/process/sum-snapshots.ts";
import { createMetrics } from "../../../shared/telemetry/metrics/metrics.ts";

function snapshot(requests: number, up: number) {
  const metrics = createMetrics();
  metrics.add("sluice_accepted_requests_total", { signal: "logs", transport: "grpc" }, requests);
  metrics.set("sluice_destination_up", { destination: "grafana-cloud" }, up);
  metrics.observe("sluice_export_items", { signal: "logs", destination: "grafana-cloud" }, requests);
  return metrics.snapshot();
}

describe("sumSnapshots()", () => {
  it("adds counters and histograms and takes the worst of gauges that are not sums", () => {
    const summed = sumSnapshots([snapshot(1, 1), snapshot(40, 0), []]);
    const points = Object.fromEntries(summed.map(({ name, points: [point] }) => [name, point]));
    expect(points.sluice_accepted_requests_total?.value).toBe(41);
    expect(points.sluice_destination_up?.value).toBe(0);
    expect(points.sluice_export_items).toMatchObject({ value: 41, counts: [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] });
  });
});
