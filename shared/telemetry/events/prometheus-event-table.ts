import type { EventRow } from "./event-row.ts";
import type { PrometheusEventFields } from "./prometheus-events.ts";

/** How the events of the components of metrics read. Their counters are kept where samples are handled, a batch at a time. */
export const prometheusEventTable: {
  readonly [Name in keyof PrometheusEventFields]: EventRow<PrometheusEventFields[Name]>;
} = {
  "scrape.failed": { level: "debug", message: "Scrape failed", measures: [] },
  "scrape.skipped": {
    level: "warn",
    message: "A scrape was left out because the samples of earlier ones are not durable yet",
    measures: [],
  },
  "scrape.unusual": { level: "warn", message: "A target answers with samples that cannot all be kept", measures: [] },
  "target.refused": { level: "error", message: "A target cannot be scraped", measures: [] },
  "samples.dropped": { level: "warn", message: "Drops samples for the first time for this reason", measures: [] },
  "samples.echoed": { level: "info", message: "Samples", measures: [] },
  "write.refused": { level: "warn", message: "A write was refused", measures: [] },
};
