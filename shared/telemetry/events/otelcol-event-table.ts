import type { EventRow } from "./event-row.ts";
import type { OtelcolEventFields } from "./otelcol-events.ts";

/** How the events of the components of OTLP read. What they count is counted where it happens, a request at a time. */
export const otelcolEventTable: { readonly [Name in keyof OtelcolEventFields]: EventRow<OtelcolEventFields[Name]> } = {
  "receiver.grpc": { level: "info", message: "Starting GRPC server", measures: [] },
  "receiver.http": { level: "info", message: "Starting HTTP server", measures: [] },
  "receiver.failed": { level: "error", message: "failed to start scheduled component", measures: [] },
  "items.dropped": { level: "warn", message: "Drops items for the first time for this reason", measures: [] },
  "statement.failed": { level: "warn", message: "failed to execute statement", measures: [] },
  "detector.failed": { level: "warn", message: "A detector failed and is skipped", measures: [] },
  "request.shown": { level: "info", message: "Request", measures: [] },
};
