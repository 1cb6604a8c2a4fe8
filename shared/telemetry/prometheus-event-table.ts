import type { EventRow } from "./event-row.ts";
import type { PrometheusEventFields } from "./prometheus-events.ts";

/** How the events of the components of metrics read. Their counters are kept where samples are handled, a batch at a time. */
export const prometheusEventTable: {
  readonly [Name in keyof PrometheusEventFields]: EventRow<PrometheusEventFields[Name]>;
} = {
  "scrape.failed": { level: "debug", says: "Scrape failed", measures: [] },
  "scrape.skipped": {
    level: "warn",
    says: "A scrape was left out because the samples of earlier ones are not durable yet",
    measures: [],
  },
  "scrape.unusual": { level: "warn", says: "A target answers with samples that cannot all be kept", measures: [] },
  "target.refused": { level: "error", says: "A target cannot be scraped", measures: [] },
  "samples.dropped": { level: "warn", says: "Drops samples for the first time for this reason", measures: [] },
  "samples.echoed": { level: "info", says: "Samples", measures: [] },
  "write.refused": { level: "warn", says: "A write was refused", measures: [] },
};
