import { counter } from "./metric-row.ts";

/** Metrics of exporters and discovery, by the names that Prometheus gives them. */
export const hostMetrics = {
  prometheus_sd_refresh_failures_total: counter("Times that targets could not be found", ["component_id"]),
} as const;
