import { awsEventTable } from "./aws-event-table.ts";
import type { EventRow } from "./event-row.ts";
import type { EventFields, EventName } from "./events.ts";
import { graphEventTable } from "./graph-event-table.ts";
import { hostEventTable } from "./host-event-table.ts";
import { lokiEventTable } from "./loki-event-table.ts";
import { objectEventTable } from "./object-event-table.ts";
import { otelcolEventTable } from "./otelcol-event-table.ts";
import { prometheusEventTable } from "./prometheus-event-table.ts";

type Signalled = { readonly signal: string };
type Carried = Signalled & { readonly transport: string };
type Sent = Signalled & { readonly destination: string };

const carried = ({ signal, transport }: Carried) => ({ signal, transport });
const signalled = ({ signal }: Signalled) => ({ signal });
const sent = ({ signal, destination }: Sent) => ({ signal, destination });
const sentFor = ({ signal, destination, reason }: Sent & { readonly reason: string }) => ({
  signal,
  destination,
  reason,
});
const spilled = ({ signal, reason }: Signalled & { readonly reason: string }) => ({ signal, reason });
const items = (fields: { readonly items: number }) => fields.items;
const bytes = (fields: { readonly bytes: number }) => fields.bytes;

/** The one table of events: name → log line and metrics. */
export const eventTable: { readonly [Name in EventName]: EventRow<EventFields[Name]> } = {
  "request.accepted": {
    level: "debug",
    message: "Accepted a request",
    measures: [
      { metric: "sluice_accepted_requests_total", labels: carried },
      { metric: "sluice_accepted_items_total", labels: carried, by: items },
      { metric: "sluice_accepted_bytes_total", labels: carried, by: bytes },
    ],
  },
  "request.refused": {
    level: "warn",
    message: "Refused a request",
    measures: [
      {
        metric: "sluice_refused_requests_total",
        labels: ({ signal = "unknown", transport, reason }) => ({ signal, transport, reason }),
      },
    ],
  },
  "request.unavailable": {
    level: "warn",
    message: "Asked a sender to send again later",
    measures: [
      {
        metric: "sluice_unavailable_requests_total",
        labels: ({ signal, transport, reason }) => ({ signal, transport, reason }),
      },
    ],
  },
  "request.limited": {
    level: "warn",
    message: "Asked a sender that is over its own limit to send again later",
    measures: [{ metric: "sluice_sender_limited_requests_total", labels: ({ sender, limit }) => ({ sender, limit }) }],
  },
  "sender.accepted": {
    level: "debug",
    message: "Accepted a request of a named sender",
    measures: [
      { metric: "sluice_sender_accepted_items_total", labels: ({ sender, signal }) => ({ sender, signal }), by: items },
      { metric: "sluice_sender_accepted_bytes_total", labels: ({ sender, signal }) => ({ sender, signal }), by: bytes },
    ],
  },
  "items.rejected": {
    level: "warn",
    message: "Left items out of an accepted request",
    measures: [{ metric: "sluice_refused_items_total", labels: signalled, by: items }],
  },
  "batch.queued": {
    level: "debug",
    message: "Put batches into the queue",
    measures: [
      { metric: "sluice_queued_batches_total", labels: signalled, by: ({ batches }) => batches },
      { metric: "sluice_queued_items_total", labels: signalled, by: items },
      { metric: "sluice_queued_bytes_total", labels: signalled, by: bytes },
    ],
  },
  "queue.failed": {
    level: "warn",
    message: "The queue failed",
    measures: [{ metric: "sluice_queue_failures_total", labels: ({ operation }) => ({ operation }) }],
  },
  "storage.cut": {
    level: "warn",
    message: "Cut a torn end off a file of the disk queue: it had not been acknowledged",
    measures: [{ metric: "sluice_storage_cut_bytes_total", labels: ({ queue }) => ({ queue }), by: bytes }],
  },
  "storage.damaged": {
    level: "error",
    message: "A file of the disk queue is damaged: what can be read is delivered",
    measures: [
      { metric: "sluice_storage_damaged_bytes_total", labels: ({ queue }) => ({ queue }), by: bytes },
      {
        metric: "sluice_storage_damaged_records_total",
        labels: ({ queue }) => ({ queue }),
        by: ({ records }) => records,
      },
    ],
  },
  "storage.expired": {
    level: "error",
    message: "Dropped messages that waited in the disk queue for longer than SLUICE_STORAGE_MAX_AGE",
    measures: [
      {
        metric: "sluice_storage_expired_messages_total",
        labels: ({ queue }) => ({ queue }),
        by: ({ messages }) => messages,
      },
      { metric: "sluice_storage_expired_items_total", labels: ({ queue }) => ({ queue }), by: items },
    ],
  },
  "storage.unread": {
    level: "error",
    message: "Nothing delivers what waits in a queue: its destination is not in the configuration",
    measures: [],
  },
  "storage.failed": {
    level: "error",
    message: "The disk queue cannot use the disk",
    measures: [{ metric: "sluice_storage_failures_total", labels: ({ queue, operation }) => ({ queue, operation }) }],
  },
  "storage.memory": {
    level: "warn",
    message: "Queues are in memory: what waits in them is lost when this process ends",
    measures: [],
  },
  "export.delivered": {
    level: "debug",
    message: "Delivered an export",
    measures: [
      { metric: "sluice_delivered_exports_total", labels: sent },
      { metric: "sluice_delivered_items_total", labels: sent, by: items },
      { metric: "sluice_export_duration_seconds", labels: sent, by: ({ durationMs }) => durationMs / 1_000 },
      { metric: "sluice_export_bytes", labels: sent, by: bytes },
      { metric: "sluice_export_items", labels: sent, by: items },
    ],
  },
  "export.partial": {
    level: "error",
    message: "The destination refused items of an export that it took",
    measures: [{ metric: "sluice_rejected_items_total", labels: sent, by: items }],
  },
  "export.warned": { level: "warn", message: "The destination took an export, with a warning", measures: [] },
  "export.retry": {
    level: "warn",
    message: "An export failed and will be tried again",
    measures: [{ metric: "sluice_retried_exports_total", labels: sentFor }],
  },
  "export.narrowed": {
    level: "warn",
    message: "Narrowed a refusal down to the part that the destination does not take",
    measures: [{ metric: "sluice_narrowed_exports_total", labels: sent, by: ({ exports }) => exports }],
  },
  "batch.dead-lettered": {
    level: "error",
    message: "Sent a batch to the dead-letter queue",
    measures: [
      { metric: "sluice_dead_lettered_batches_total", labels: sentFor },
      { metric: "sluice_dead_lettered_items_total", labels: sentFor, by: items },
    ],
  },
  "batch.undecodable": {
    level: "error",
    message: "Sent a message that is not a batch to the dead-letter queue, as it was",
    measures: [{ metric: "sluice_undecodable_messages_total", labels: () => ({}) }],
  },
  "batch.spilled": {
    level: "warn",
    message: "Spilled a batch to the queue",
    measures: [
      { metric: "sluice_spilled_batches_total", labels: spilled },
      { metric: "sluice_spilled_items_total", labels: spilled, by: items },
      { metric: "sluice_spilled_bytes_total", labels: spilled, by: bytes },
    ],
  },
  "destination.misconfigured": {
    level: "error",
    message: "The destination refuses the credentials or the address: correct them, `sluice doctor` says which",
    measures: [
      {
        metric: "sluice_destination_refusals_total",
        labels: ({ destination, status }) => ({ destination, status: String(status) }),
      },
    ],
  },
  "destination.down": {
    level: "warn",
    message: "The destination is down",
    measures: [{ metric: "sluice_destination_up", labels: ({ destination }) => ({ destination }), by: () => 0 }],
  },
  "destination.up": {
    level: "info",
    message: "The destination is back",
    measures: [{ metric: "sluice_destination_up", labels: ({ destination }) => ({ destination }), by: () => 1 }],
  },
  "destination.insecure": {
    level: "warn",
    message: "Does not check the certificate of the destination: anybody may be at its address",
    measures: [],
  },
  "dead-letter.replayed": {
    level: "info",
    message: "Put a dead letter back into the queue",
    measures: [{ metric: "sluice_replayed_items_total", labels: signalled, by: items }],
  },
  "dead-letter.discarded": {
    level: "warn",
    message: "Discarded a dead letter",
    measures: [
      {
        metric: "sluice_discarded_items_total",
        labels: ({ signal = "unknown", reason }) => ({ signal, reason }),
        by: items,
      },
    ],
  },
  "config.loaded": {
    level: "info",
    message: "Loaded the settings",
    measures: [{ metric: "sluice_config_loads_total", labels: ({ source }) => ({ source }) }],
  },
  "config.unknown": { level: "warn", message: "Unknown parameters: check their names", measures: [] },
  "config.unreadable": {
    level: "warn",
    message: "Could not read the settings; the last good ones stay in use",
    measures: [{ metric: "sluice_config_unreadable_total", labels: ({ source }) => ({ source }) }],
  },
  "config.kept": {
    level: "error",
    message: "New settings are bad; the last good ones stay in use",
    measures: [{ metric: "sluice_config_kept_total", labels: ({ source }) => ({ source }) }],
  },
  "server.ready": { level: "info", message: "Ready", measures: [] },
  "server.stopping": { level: "info", message: "Stopping", measures: [] },
  "server.stopped": { level: "info", message: "Stopped", measures: [] },
  "invocation.failed": {
    level: "warn",
    message: "An invocation failed: its batch comes back to the queue",
    measures: [],
  },
  "code.crashed": {
    level: "error",
    message: "A bug in the program",
    measures: [{ metric: "sluice_crashes_total", labels: ({ where }) => ({ where }) }],
  },
  ...graphEventTable,
  ...lokiEventTable,
  ...awsEventTable,
  ...objectEventTable,
  ...hostEventTable,
  ...prometheusEventTable,
  ...otelcolEventTable,
};
