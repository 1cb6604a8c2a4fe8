import { counter } from "./metric-row.ts";

/** Metrics of what AWS itself emits. */
export const awsMetrics = {
  sluice_refused_records_total: counter("Records that AWS delivered and that cannot be used", ["source", "reason"]),
  sluice_repeated_requests_total: counter("Requests that came again and were not stored twice", []),
};
