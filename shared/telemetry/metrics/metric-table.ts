import { awsMetrics } from "./aws-metrics.ts";
import { graphMetrics } from "./graph-metrics.ts";
import { hostMetrics } from "./host-metrics.ts";
import { lokiMetrics } from "./loki-metrics.ts";
import { counter, gauge, histogram, type Metric } from "./metric-row.ts";
import { objectMetrics } from "./object-metrics.ts";
import { otelcolMetrics } from "./otelcol-metrics.ts";
import { prometheusMetrics } from "./prometheus-metrics.ts";

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const bytes = [1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];
const items = [1, 10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000, 50_000];

/**
 * Every metric of Sluice. The ledger of items: accepted = delivered + rejected + dead-lettered + in flight; spilled items are
 * in flight, and replayed ones are in flight again. Refused items and requests were never accepted.
 */
export const metricTable = {
  sluice_accepted_requests_total: counter("Requests answered with success, durable by then", ["signal", "transport"]),
  sluice_accepted_items_total: counter("Items of accepted requests", ["signal", "transport"]),
  sluice_accepted_bytes_total: counter("Bytes of accepted requests, as uncompressed protobuf", ["signal", "transport"]),
  sluice_refused_requests_total: counter("Requests refused for good: the sender must change something", [
    "signal",
    "transport",
    "reason",
  ]),
  sluice_refused_items_total: counter("Items left out of an accepted request, as its partial success says", ["signal"]),
  sluice_unavailable_requests_total: counter("Requests that the sender was asked to send again later", [
    "signal",
    "transport",
    "reason",
  ]),
  sluice_sender_accepted_items_total: counter("Items of accepted requests, by named sender", ["sender", "signal"]),
  sluice_sender_accepted_bytes_total: counter("Bytes of accepted requests, as uncompressed protobuf, by named sender", [
    "sender",
    "signal",
  ]),
  sluice_sender_limited_requests_total: counter(
    "Requests of a named sender that were over its own limit, to be sent again: bytes, items, share",
    ["sender", "limit"],
  ),
  sluice_queued_batches_total: counter("Batches put into the queue", ["signal"]),
  sluice_queued_items_total: counter("Items of the batches put into the queue", ["signal"]),
  sluice_queued_bytes_total: counter("Bytes of the batches put into the queue", ["signal"]),
  sluice_queue_failures_total: counter("Queue operations that failed", ["operation"]),
  sluice_storage_bytes: gauge("Bytes of the disk queue on the disk", ["queue"]),
  sluice_storage_max_bytes: gauge("Bytes that all disk queues together may take", []),
  sluice_storage_messages: gauge("Messages in the disk queue", ["queue"]),
  sluice_storage_oldest_seconds: gauge("Age of the oldest message in the disk queue", ["queue"]),
  sluice_storage_free_bytes: gauge("Free bytes on the disk of the disk queue", []),
  sluice_storage_cut_bytes_total: counter("Bytes of torn ends that were cut off files of the disk queue", ["queue"]),
  sluice_storage_damaged_bytes_total: counter("Bytes of damaged records in the disk queue", ["queue"]),
  sluice_storage_damaged_records_total: counter("Damaged records of the disk queue that were given up", ["queue"]),
  sluice_storage_expired_messages_total: counter("Messages dropped from the disk queue for their age", ["queue"]),
  sluice_storage_expired_items_total: counter("Items of messages dropped from the disk queue for their age", ["queue"]),
  sluice_storage_failures_total: counter("Operations of the disk queue that failed", ["queue", "operation"]),
  sluice_delivered_exports_total: counter("Exports that the destination took", ["signal", "destination"]),
  sluice_delivered_items_total: counter("Items that the destination took", ["signal", "destination"]),
  sluice_rejected_items_total: counter("Items that the destination refused inside an export that it took", [
    "signal",
    "destination",
  ]),
  sluice_retried_exports_total: counter("Exports that failed and will be tried again", [
    "signal",
    "destination",
    "reason",
  ]),
  sluice_narrowed_exports_total: counter("Extra exports made to narrow a refusal down", ["signal", "destination"]),
  sluice_dead_lettered_batches_total: counter("Batches put into the dead-letter queue", [
    "signal",
    "destination",
    "reason",
  ]),
  sluice_dead_lettered_items_total: counter("Items put into the dead-letter queue", [
    "signal",
    "destination",
    "reason",
  ]),
  sluice_undecodable_messages_total: counter(
    "Messages put into the dead-letter queue as they were, because they are not batches",
    [],
  ),
  sluice_spilled_batches_total: counter("Batches that the daemon put into the queue instead of exporting them", [
    "signal",
    "reason",
  ]),
  sluice_spilled_items_total: counter("Items of spilled batches", ["signal", "reason"]),
  sluice_spilled_bytes_total: counter("Bytes of spilled batches", ["signal", "reason"]),
  sluice_replayed_items_total: counter("Items of dead letters put back into the queue", ["signal"]),
  sluice_discarded_items_total: counter("Items of dead letters discarded by an operator", ["signal", "reason"]),
  sluice_destination_refusals_total: counter("Exports refused because of credentials or address", [
    "destination",
    "status",
  ]),
  sluice_destination_up: gauge("1 while exports to the destination succeed, 0 while it is down", ["destination"]),
  sluice_config_loads_total: counter("Times that new settings came into force", ["source"]),
  sluice_config_kept_total: counter("Times that new settings were bad and the last good ones were kept", ["source"]),
  sluice_config_unreadable_total: counter("Times that the settings could not be read", ["source"]),
  sluice_crashes_total: counter("Faults of the program that were caught", ["where"]),
  sluice_export_duration_seconds: histogram("Time from sending an export to its answer", seconds, [
    "signal",
    "destination",
  ]),
  sluice_export_bytes: histogram("Size of delivered exports, as sent", bytes, ["signal", "destination"]),
  sluice_export_items: histogram("Items of a delivered export", items, ["signal", "destination"]),
  sluice_in_flight_items: gauge(
    "Items accepted and neither delivered nor dead-lettered yet, where the queue is at hand",
    ["signal"],
  ),
  sluice_dead_letter_items: gauge("Items in the dead-letter queue, where it is at hand", ["signal"]),
  sluice_in_flight_bytes: gauge("Bytes received and not yet durable", []),
  sluice_in_flight_requests: gauge("Requests received and not yet answered", []),
  sluice_event_loop_delay_seconds: gauge("Delay of the event loop since the last look: median, p99, max", ["stat"]),
  sluice_build_info: gauge("Always 1; the labels say what is running", ["version", "node"]),
  process_resident_memory_bytes: gauge("Resident memory of the process", []),
  process_cpu_seconds_total: counter("Processor time of the process, user and system", []),
  process_start_time_seconds: gauge("Start of the process, seconds since the Unix epoch", []),
  ...graphMetrics,
  ...lokiMetrics,
  ...awsMetrics,
  ...objectMetrics,
  ...hostMetrics,
  ...prometheusMetrics,
  ...otelcolMetrics,
} as const satisfies Record<string, Metric>;

/** The name of a metric. */
export type MetricName = keyof typeof metricTable;
