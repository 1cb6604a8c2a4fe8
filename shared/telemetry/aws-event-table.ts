import type { AwsEventFields } from "./aws-events.ts";
import type { EventRow } from "./event-row.ts";

/** How the events of what AWS emits read and count. */
export const awsEventTable: { readonly [Name in keyof AwsEventFields]: EventRow<AwsEventFields[Name]> } = {
  "records.refused": {
    level: "error",
    says: "Records that AWS delivered cannot be used",
    measures: [
      {
        metric: "sluice_refused_records_total",
        labels: ({ source, reason }) => ({ source, reason }),
        by: ({ records }) => records,
      },
    ],
  },
  "firehose.repeated": {
    level: "debug",
    says: "A request of Firehose came again and was not stored twice",
    measures: [{ metric: "sluice_repeated_requests_total", labels: () => ({}) }],
  },
  "firehose.attributes-left-out": { level: "warn", says: "Left out the common attributes of a stream", measures: [] },
};
