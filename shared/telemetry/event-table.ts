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
    says: "Accepted a request",
    measures: [
      { metric: "sluice_accepted_requests_total", labels: carried },
      { metric: "sluice_accepted_items_total", labels: carried, by: items },
      { metric: "sluice_accepted_bytes_total", labels: carried, by: bytes },
    ],
  },
  "request.refused": {
    level: "warn",
    says: "Refused a request",
    measures: [
      {
        metric: "sluice_refused_requests_total",
        labels: ({ signal = "unknown", transport, reason }) => ({ signal, transport, reason }),
      },
    ],
  },
  "request.unavailable": {
    level: "warn",
    says: "Asked a sender to send again later",
    measures: [
      {
        metric: "sluice_unavailable_requests_total",
        labels: ({ signal, transport, reason }) => ({ signal, transport, reason }),
      },
    ],
  },
  "request.limited": {
    level: "warn",
    says: "Asked a sender that is over its own limit to send again later",
    measures: [{ metric: "sluice_sender_limited_requests_total", labels: ({ sender, limit }) => ({ sender, limit }) }],
  },
  "sender.accepted": {
    level: "debug",
    says: "Accepted a request of a named sender",
    measures: [
      { metric: "sluice_sender_accepted_items_total", labels: ({ sender, signal }) => ({ sender, signal }), by: items },
      { metric: "sluice_sender_accepted_bytes_total", labels: ({ sender, signal }) => ({ sender, signal }), by: bytes },
    ],
  },
  "items.rejected": {
    level: "warn",
    says: "Left items out of an accepted request",
    measures: [{ metric: "sluice_refused_items_total", labels: signalled, by: items }],
  },
  "batch.queued": {
    level: "debug",
    says: "Put batches into the queue",
    measures: [
      { metric: "sluice_queued_batches_total", labels: signalled, by: ({ batches }) => batches },
      { metric: "sluice_queued_items_total", labels: signalled, by: items },
      { metric: "sluice_queued_bytes_total", labels: signalled, by: bytes },
    ],
  },
  "queue.failed": {
    level: "warn",
    says: "The queue failed",
    measures: [{ metric: "sluice_queue_failures_total", labels: ({ operation }) => ({ operation }) }],
  },
  "storage.cut": {
    level: "warn",
    says: "Cut a torn end off a file of the disk queue: it had not been acknowledged",
    measures: [{ metric: "sluice_storage_cut_bytes_total", labels: ({ queue }) => ({ queue }), by: bytes }],
  },
  "storage.damaged": {
    level: "error",
    says: "A file of the disk queue is damaged: what can be read is delivered",
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
    says: "Dropped messages that waited in the disk queue for longer than SLUICE_STORAGE_MAX_AGE",
    measures: [
      {
        metric: "sluice_storage_expired_messages_total",
        labels: ({ queue }) => ({ queue }),
        by: ({ messages }) => messages,
      },
      { metric: "sluice_storage_expired_items_total", labels: ({ queue }) => ({ queue }), by: items },
    ],
  },
  "storage.failed": {
    level: "error",
    says: "The disk queue cannot use the disk",
    measures: [{ metric: "sluice_storage_failures_total", labels: ({ queue, operation }) => ({ queue, operation }) }],
  },
  "storage.memory": {
    level: "warn",
    says: "Queues are in memory: what waits in them is lost when this process ends",
    measures: [],
  },
  "export.delivered": {
    level: "debug",
    says: "Delivered an export",
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
    says: "The destination refused items of an export that it took",
    measures: [{ metric: "sluice_rejected_items_total", labels: sent, by: items }],
  },
  "export.warned": { level: "warn", says: "The destination took an export, with a warning", measures: [] },
  "export.retry": {
    level: "warn",
    says: "An export failed and will be tried again",
    measures: [{ metric: "sluice_retried_exports_total", labels: sentFor }],
  },
  "export.narrowed": {
    level: "warn",
    says: "Narrowed a refusal down to the part that the destination does not take",
    measures: [{ metric: "sluice_narrowed_exports_total", labels: sent, by: ({ exports }) => exports }],
  },
  "batch.dead-lettered": {
    level: "error",
    says: "Sent a batch to the dead-letter queue",
    measures: [
      { metric: "sluice_dead_lettered_batches_total", labels: sentFor },
      { metric: "sluice_dead_lettered_items_total", labels: sentFor, by: items },
    ],
  },
  "batch.undecodable": {
    level: "error",
    says: "Sent a message that is not a batch to the dead-letter queue, as it was",
    measures: [{ metric: "sluice_undecodable_messages_total", labels: () => ({}) }],
  },
  "batch.spilled": {
    level: "warn",
    says: "Spilled a batch to the queue",
    measures: [
      { metric: "sluice_spilled_batches_total", labels: spilled },
      { metric: "sluice_spilled_items_total", labels: spilled, by: items },
      { metric: "sluice_spilled_bytes_total", labels: spilled, by: bytes },
    ],
  },
  "destination.misconfigured": {
    level: "error",
    says: "The destination refuses the credentials or the address: correct them, `sluice doctor` says which",
    measures: [
      {
        metric: "sluice_destination_refusals_total",
        labels: ({ destination, status }) => ({ destination, status: String(status) }),
      },
    ],
  },
  "destination.down": {
    level: "warn",
    says: "The destination is down",
    measures: [{ metric: "sluice_destination_up", labels: ({ destination }) => ({ destination }), by: () => 0 }],
  },
  "destination.up": {
    level: "info",
    says: "The destination is back",
    measures: [{ metric: "sluice_destination_up", labels: ({ destination }) => ({ destination }), by: () => 1 }],
  },
  "destination.insecure": {
    level: "warn",
    says: "Does not check the certificate of the destination: anybody may be at its address",
    measures: [],
  },
  "dead-letter.replayed": {
    level: "info",
    says: "Put a dead letter back into the queue",
    measures: [{ metric: "sluice_replayed_items_total", labels: signalled, by: items }],
  },
  "dead-letter.discarded": {
    level: "warn",
    says: "Discarded a dead letter",
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
    says: "Loaded the settings",
    measures: [{ metric: "sluice_config_loads_total", labels: ({ source }) => ({ source }) }],
  },
  "config.unknown": { level: "warn", says: "Unknown parameters: check their names", measures: [] },
  "config.unreadable": {
    level: "warn",
    says: "Could not read the settings; the last good ones stay in use",
    measures: [{ metric: "sluice_config_unreadable_total", labels: ({ source }) => ({ source }) }],
  },
  "config.kept": {
    level: "error",
    says: "New settings are bad; the last good ones stay in use",
    measures: [{ metric: "sluice_config_kept_total", labels: ({ source }) => ({ source }) }],
  },
  "server.ready": { level: "info", says: "Ready", measures: [] },
  "server.stopping": { level: "info", says: "Stopping", measures: [] },
  "server.stopped": { level: "info", says: "Stopped", measures: [] },
  "invocation.failed": { level: "warn", says: "An invocation failed: its batch comes back to the queue", measures: [] },
  "code.crashed": {
    level: "error",
    says: "A bug in the program",
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
