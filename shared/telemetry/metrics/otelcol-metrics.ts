import { counter, histogram } from "./metric-row.ts";

const items = [1, 10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000, 50_000];

/** Metrics of the components of OTLP. */
export const otelcolMetrics = {
  otelcol_receiver_accepted_spans_total: counter("Spans of requests that were answered with success", [
    "component_id",
    "transport",
  ]),
  otelcol_receiver_accepted_metric_points_total: counter("Data points of requests that were answered with success", [
    "component_id",
    "transport",
  ]),
  otelcol_receiver_accepted_log_records_total: counter("Log records of requests that were answered with success", [
    "component_id",
    "transport",
  ]),
  otelcol_receiver_refused_spans_total: counter("Spans whose sender was asked to send them again", [
    "component_id",
    "transport",
  ]),
  otelcol_receiver_refused_metric_points_total: counter("Data points whose sender was asked to send them again", [
    "component_id",
    "transport",
  ]),
  otelcol_receiver_refused_log_records_total: counter("Log records whose sender was asked to send them again", [
    "component_id",
    "transport",
  ]),
  otelcol_processor_incoming_items_total: counter("Items that came", ["component_id", "signal"]),
  otelcol_processor_outgoing_items_total: counter("Items passed on", ["component_id", "signal"]),
  otelcol_processor_dropped_items_total: counter("Items dropped by a rule", ["component_id", "signal", "reason"]),
  otelcol_processor_failed_statements_total: counter("Statements and conditions that failed on an item", [
    "component_id",
  ]),
  otelcol_processor_refused_requests_total: counter("Requests refused as a whole, to be sent again", [
    "component_id",
    "signal",
    "reason",
  ]),
  otelcol_processor_probabilistic_sampler_count_traces_sampled_total: counter("Spans that were judged", [
    "component_id",
    "policy",
    "sampled",
  ]),
  otelcol_processor_probabilistic_sampler_count_logs_sampled_total: counter("Log records that were judged", [
    "component_id",
    "policy",
    "sampled",
  ]),
  otelcol_processor_batch_batch_send_size: histogram("Items of requests that passed", items, ["component_id"]),
  otelcol_exporter_sent_spans_total: counter("Spans that are durable at the destination or in its queue", [
    "component_id",
  ]),
  otelcol_exporter_sent_metric_points_total: counter(
    "Data points that are durable at the destination or in its queue",
    ["component_id"],
  ),
  otelcol_exporter_sent_log_records_total: counter("Log records that are durable at the destination or in its queue", [
    "component_id",
  ]),
  otelcol_exporter_send_failed_spans_total: counter("Spans whose sender was asked to send them again", [
    "component_id",
  ]),
  otelcol_exporter_send_failed_metric_points_total: counter("Data points whose sender was asked to send them again", [
    "component_id",
  ]),
  otelcol_exporter_send_failed_log_records_total: counter("Log records whose sender was asked to send them again", [
    "component_id",
  ]),
} as const;

/** The metric of each signal, where Alloy has one for each. */
export const bySignal = {
  accepted: names("otelcol_receiver_accepted"),
  refused: names("otelcol_receiver_refused"),
  sent: names("otelcol_exporter_sent"),
  sendFailed: names("otelcol_exporter_send_failed"),
} as const;

function names<const Prefix extends string>(prefix: Prefix) {
  return {
    traces: `${prefix}_spans_total`,
    metrics: `${prefix}_metric_points_total`,
    logs: `${prefix}_log_records_total`,
  } as const;
}
