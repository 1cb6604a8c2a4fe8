import type { EventRow } from "./event-row.ts";
import type { OtelcolEventFields } from "./otelcol-events.ts";

/** How the events of the components of OTLP read. What they count is counted where it happens, a request at a time. */
export const otelcolEventTable: { readonly [Name in keyof OtelcolEventFields]: EventRow<OtelcolEventFields[Name]> } = {
  "receiver.grpc": { level: "info", says: "Starting GRPC server", measures: [] },
  "receiver.http": { level: "info", says: "Starting HTTP server", measures: [] },
  "receiver.failed": { level: "error", says: "failed to start scheduled component", measures: [] },
  "items.dropped": { level: "warn", says: "Drops items for the first time for this reason", measures: [] },
  "statement.failed": { level: "warn", says: "failed to execute statement", measures: [] },
  "detector.failed": { level: "warn", says: "A detector failed and is skipped", measures: [] },
  "request.shown": { level: "info", says: "Request", measures: [] },
};
