import { describe, expect, test } from "vitest";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";
import { toOtlpMetrics } from "../../shared/telemetry/otlp-metrics.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";

describe("toOtlpMetrics()", () => {
  test("is a request that OpenTelemetry's own codec reads back", () => {
    const metrics = createMetrics();
    metrics.add("sluice_accepted_items_total", { signal: "logs", transport: "http" }, 3);
    metrics.observe("sluice_export_duration_seconds", { signal: "logs", destination: "grafana-cloud" }, 0.3);
    metrics.set("sluice_in_flight_bytes", {}, 17);
    const bytes = toOtlpMetrics(metrics.snapshot(), {
      resource: { "service.name": "sluice" },
      startedAt: 1_000,
      at: 2_500,
    });
    const times = { startTimeUnixNano: "1000000000", timeUnixNano: "2500000000" };
    const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
    expect(decodeWithOracle(bytes, "metrics")).toMatchObject({
      resourceMetrics: [
        {
          resource: { attributes: [attribute("service.name", "sluice")] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: "sluice_accepted_items_total",
                  sum: {
                    isMonotonic: true,
                    aggregationTemporality: 2,
                    dataPoints: [
                      {
                        ...times,
                        asDouble: 3,
                        attributes: [attribute("signal", "logs"), attribute("transport", "http")],
                      },
                    ],
                  },
                },
                {
                  name: "sluice_export_duration_seconds",
                  unit: "s",
                  histogram: { dataPoints: [{ count: "1", sum: 0.3 }] },
                },
                { name: "sluice_in_flight_bytes", unit: "By", gauge: { dataPoints: [{ asDouble: 17 }] } },
              ],
            },
          ],
        },
      ],
    });
  });
});
