import { counter } from "./metric-row.ts";

/** Metrics of what AWS itself emits. */
export const awsMetrics = {
  sluice_refused_records_total: counter("Records that AWS delivered and that cannot be used", ["source", "reason"]),
  sluice_left_out_attributes_total: counter(
    "Requests whose common attributes could not be read, and were left out",
    [],
  ),
  sluice_repeated_requests_total: counter("Requests that came again and were not stored twice", []),
  sluice_own_log_events_total: counter("Log events of the gateway's own groups that were left out", []),
  sluice_dropped_log_points_total: counter("Points of embedded metrics that were left out beyond the limit", []),
};
