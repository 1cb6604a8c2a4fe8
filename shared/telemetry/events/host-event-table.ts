import type { EventRow } from "./event-row.ts";
import type { HostEventFields } from "./host-events.ts";

const failed = {
  metric: "prometheus_sd_refresh_failures_total",
  labels: ({ component_id }: { component_id: string }) => ({ component_id }),
} as const;

/** How the events of exporters and discovery read. */
export const hostEventTable: { readonly [Name in keyof HostEventFields]: EventRow<HostEventFields[Name]> } = {
  "discovery.failed": {
    level: "error",
    message: "Unable to refresh target groups; the targets stay as they are",
    measures: [failed],
  },
  "discovery.recovered": { level: "info", message: "Refreshes target groups again", measures: [] },
  "collector.failed": { level: "error", message: "A collector failed", measures: [] },
  "collector.unsupported": {
    level: "warn",
    message: "A collector cannot work here and gives no samples",
    measures: [],
  },
  "collector.unknown": { level: "warn", message: "There is no collector of this name", measures: [] },
};
