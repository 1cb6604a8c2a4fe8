import { counter, gauge, histogram } from "./metric-row.ts";

const bytes = [1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304];
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const records = [1, 5, 10, 50, 100, 500, 1_000, 5_000];
const ages = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];
const ofRequests = ["component_id", "method", "route", "status_code", "ws"] as const;
const ofRoutes = ["component_id", "method", "route"] as const;

/** Files beyond these count as one, `other`; those that are followed no more are forgotten. */
const ofFiles = { maxPoints: 2_000, maxLabelLength: 1_024 };

/** Metrics of the components of logs, by the names that Alloy gives them. */
export const lokiMetrics = {
  loki_source_file_read_bytes_total: gauge("How far a file has been read", ["component_id", "path"], ofFiles),
  loki_source_file_file_bytes_total: gauge("How large a file is", ["component_id", "path"], ofFiles),
  loki_source_file_read_lines_total: counter("Lines read from a file", ["component_id", "path"], ofFiles),
  loki_source_file_entries_total: counter("Lines read from all files", ["component_id"]),
  loki_source_file_cut_lines_total: counter("Lines longer than the limit, whose end was cut off", ["component_id"]),
  loki_source_file_files_active_total: gauge("Files that are open", ["component_id"]),
  loki_process_dropped_lines_total: counter("Lines that stages dropped", ["component_id", "reason"]),
  loki_process_dropped_bytes_total: counter("Bytes of lines that stages dropped", ["component_id", "reason"]),
  loki_process_dropped_lines_by_label_total: counter("Lines that stage.limit dropped for a value of its label", [
    "component_id",
    "label_name",
    "label_value",
  ]),
  loki_process_cri_partial_lines_flushed_total: counter("Partial lines passed on because too many were open", [
    "component_id",
  ]),
  loki_process_cri_lines_truncated_total: counter("Lines cut because of max_partial_line_size", ["component_id"]),
  loki_process_truncated_fields_total: counter("Fields cut by stage.truncate", ["component_id", "field"]),
  loki_relabel_entries_processed: counter("Entries that came", ["component_id"]),
  loki_relabel_entries_written: counter("Entries passed on", ["component_id"]),
  loki_relabel_cache_hits: counter("Entries whose labels had been relabelled before", ["component_id"]),
  loki_relabel_cache_misses: counter("Entries whose labels were new", ["component_id"]),
  loki_relabel_cache_size: gauge("Sets of labels whose result is kept", ["component_id"]),
  loki_write_sent_entries_total: counter("Entries that the destination took", ["component_id", "host", "tenant"]),
  loki_write_sent_bytes_total: counter("Bytes of entries that were sent, compressed", [
    "component_id",
    "host",
    "tenant",
  ]),
  loki_write_encoded_bytes_total: counter("Bytes of pushes that were made, compressed", [
    "component_id",
    "host",
    "tenant",
  ]),
  loki_write_dropped_entries_total: counter("Entries that were dropped", ["component_id", "host", "tenant", "reason"]),
  loki_write_dropped_bytes_total: counter("Bytes of entries that were dropped", [
    "component_id",
    "host",
    "tenant",
    "reason",
  ]),
  loki_write_request_duration_seconds: histogram("Time from sending a push to its answer", seconds, [
    "component_id",
    "host",
    "tenant",
    "status_code",
  ]),
  loki_write_request_size_bytes: histogram("Size of pushes that the destination took, compressed", bytes, [
    "component_id",
    "host",
    "tenant",
  ]),
  loki_write_entry_propagation_latency_seconds: histogram(
    "Time from taking the oldest entry of a push to its delivery",
    ages,
    ["component_id", "host", "tenant"],
  ),
  loki_write_batch_retries_total: counter("Batches that failed and are sent again", ["component_id", "host", "tenant"]),
  loki_source_docker_target_entries_total: counter("Entries read from containers", ["component_id"]),
  loki_source_docker_target_parsing_errors_total: counter("Lines of containers without a time", ["component_id"]),
  loki_source_api_request_duration_seconds: histogram("Time from a push to its answer", seconds, ofRequests),
  loki_source_api_request_message_bytes: histogram("Size of pushes that came", bytes, ofRoutes),
  loki_source_api_response_message_bytes: histogram("Size of answers to pushes", bytes, ofRoutes),
  loki_source_api_inflight_requests: gauge("Pushes that wait for their answer", ofRoutes),
  loki_source_api_entries_written: counter("Entries passed on", ["component_id"]),
  loki_source_api_tcp_connections: gauge("Connections that are open", ["component_id", "protocol"]),
  loki_source_awsfirehose_entries_written: counter("Entries passed on", ["component_id"]),
  loki_source_awsfirehose_records_received: counter("Records that came", ["component_id", "type"]),
  loki_source_awsfirehose_batch_size: histogram("Records of a request", records, ["component_id"]),
  loki_source_awsfirehose_request_errors: counter("Requests that were refused", ["component_id", "reason"]),
  loki_source_awsfirehose_record_errors: counter("Records that are left out", ["component_id", "reason"]),
  loki_source_awsfirehose_invalid_static_labels_errors: counter("Attributes of streams that cannot be read", [
    "component_id",
    "reason",
  ]),
  otelcol_exporter_loki_entries_total: counter("Log records that came", ["component_id"]),
  otelcol_exporter_loki_entries_processed: counter("Log records that became entries and were passed on", [
    "component_id",
  ]),
  otelcol_exporter_loki_entries_failed: counter("Log records that could not become entries", ["component_id"]),
  loki_source_journal_target_lines_total: counter("Entries read from the journal", ["component_id"]),
  loki_source_journal_target_parsing_errors_total: counter("Entries of the journal that are left out", [
    "component_id",
    "error",
  ]),
  loki_source_syslog_entries_total: counter("Messages that came over syslog", ["component_id"]),
  loki_source_syslog_empty_messages_total: counter("Messages without text, which are left out", ["component_id"]),
  loki_source_syslog_parsing_errors_total: counter("What came over syslog and is not a message", ["component_id"]),
} as const;
