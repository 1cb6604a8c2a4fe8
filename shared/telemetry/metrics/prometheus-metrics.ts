import { counter, gauge, histogram } from "./metric-row.ts";

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const endpoint = ["component_id", "remote_name", "url"] as const;

/** Metrics of the components of metrics, by the names that Alloy gives them. */
export const prometheusMetrics = {
  prometheus_scrape_targets_gauge: gauge("Targets of a scrape component", ["component_id"]),
  prometheus_forwarded_samples_total: counter("Samples handed on", ["component_id"]),
  prometheus_target_scrapes_failed_total: counter("Scrapes that failed", ["component_id"]),
  prometheus_target_scrapes_skipped_total: counter("Scrapes left out because earlier samples were not durable yet", [
    "component_id",
  ]),
  prometheus_target_scrapes_sample_duplicate_timestamp_total: counter("Samples of a series that a scrape had already", [
    "component_id",
  ]),
  prometheus_target_scrapes_sample_out_of_order_total: counter("Samples older than the one before them", [
    "component_id",
  ]),
  prometheus_target_scrapes_sample_out_of_bounds_total: counter(
    "Samples that say they are from more than ten minutes after their scrape",
    ["component_id"],
  ),
  prometheus_target_interval_length_seconds: histogram("Time between two scrapes of a target", seconds, [
    "component_id",
  ]),
  alloy_prometheus_relabel_metrics_processed: counter("Samples that came", ["component_id"]),
  alloy_prometheus_relabel_metrics_written: counter("Samples passed on", ["component_id"]),
  prometheus_remote_storage_samples_in_total: counter("Samples that came to be written", ["component_id"]),
  prometheus_remote_storage_metadata_total: counter("Entries of metadata that are durable for an endpoint", endpoint),
  prometheus_remote_storage_samples_total: counter("Samples that are durable for an endpoint", endpoint),
  prometheus_remote_storage_exemplars_total: counter("Exemplars that are durable for an endpoint", endpoint),
  prometheus_remote_storage_bytes_total: counter("Bytes of samples for an endpoint, compressed", endpoint),
  prometheus_remote_storage_samples_dropped_total: counter("Samples that an endpoint will not get", [
    ...endpoint,
    "reason",
  ]),
  prometheus_remote_storage_samples_failed_total: counter(
    "Samples that an endpoint refused, now dead letters",
    endpoint,
  ),
  prometheus_remote_storage_samples_retried_total: counter(
    "Samples of requests that failed and are sent again",
    endpoint,
  ),
  prometheus_remote_storage_sent_batch_duration_seconds: histogram(
    "Time of a request that was taken",
    seconds,
    endpoint,
  ),
  prometheus_remote_storage_queue_highest_sent_timestamp_seconds: gauge(
    "When the oldest samples of the newest request that was taken had come",
    endpoint,
  ),
  prometheus_remote_storage_samples_pending: gauge("Samples that wait to become durable", endpoint),
  prometheus_remote_storage_highest_timestamp_in_seconds: gauge("Newest time of a sample that came", ["component_id"]),
  otelcol_exporter_prometheus_dropped_points_total: counter("Points that have no place in Prometheus", [
    "component_id",
    "reason",
  ]),
  otelcol_receiver_prometheus_dropped_samples_total: counter("Samples that have no form in OTLP", ["component_id"]),
  prometheus_receive_http_invalid_samples_total: counter("Received samples of series with invalid labels", [
    "component_id",
  ]),
  prometheus_remote_storage_shards: gauge("Shards of an endpoint", endpoint),
  prometheus_remote_storage_shards_desired: gauge("Shards that the load asks for", endpoint),
  prometheus_remote_storage_shards_min: gauge("Fewest shards of an endpoint", endpoint),
  prometheus_remote_storage_shards_max: gauge("Most shards of an endpoint", endpoint),
} as const;
