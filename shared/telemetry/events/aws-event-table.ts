import type { AwsEventFields } from "./aws-events.ts";
import type { EventRow } from "./event-row.ts";

/** How the events of what AWS emits read and count. */
export const awsEventTable: { readonly [Name in keyof AwsEventFields]: EventRow<AwsEventFields[Name]> } = {
  "records.refused": {
    level: "error",
    message: "Records that AWS delivered cannot be used",
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
    message: "A request of Firehose came again and was not stored twice",
    measures: [{ metric: "sluice_repeated_requests_total", labels: () => ({}) }],
  },
  // Never a line at the usual level: it would be subscribed as well.
  "logs.own": {
    level: "debug",
    message: "Left out events of the gateway's own log groups",
    measures: [{ metric: "sluice_own_log_events_total", labels: () => ({}), by: ({ events }) => events }],
  },
  "logs.points-dropped": {
    level: "warn",
    message: "Left out points that embedded metrics of an event ask for beyond the limit; their lines are kept",
    measures: [{ metric: "sluice_dropped_log_points_total", labels: () => ({}), by: ({ points }) => points }],
  },
  "firehose.attributes-left-out": {
    level: "warn",
    message: "Left out the common attributes of a stream",
    measures: [{ metric: "sluice_left_out_attributes_total", labels: () => ({}) }],
  },
};
