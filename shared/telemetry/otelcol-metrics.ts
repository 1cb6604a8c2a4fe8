import { counter, gauge, histogram } from "./metric-row.ts";

const items = [1, 10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000, 50_000];

/** Metrics of the components of OTLP. */
export const otelcolMetrics = {
  otelcol_receiver_accepted_items_total: counter("Items of requests that were answered with success", [
    "component_id",
    "transport",
    "signal",
  ]),
  otelcol_receiver_refused_items_total: counter("Items of requests that their sender was asked to send again", [
    "component_id",
    "transport",
    "signal",
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
  otelcol_processor_probabilistic_sampler_decisions_total: counter("Spans and log records that were judged", [
    "component_id",
    "policy",
    "sampled",
  ]),
  otelcol_processor_batch_batch_send_size: histogram("Items of requests that passed", items, ["component_id"]),
  otelcol_exporter_sent_items_total: counter("Items that are durable at the destination or in its queue", [
    "component_id",
    "signal",
  ]),
  otelcol_exporter_send_failed_items_total: counter("Items whose sender was asked to send them again", [
    "component_id",
    "signal",
  ]),
  otelcol_exporter_queue_size: gauge("Messages in the queue of the exporter", ["component_id"]),
} as const;
