import type { Setting } from "./setting.ts";

/** The settings of what Amazon Data Firehose delivers. */
export const firehoseSettings = {
  firehoseAccessKeys: {
    type: "list",
    secret: true,
    token: true,
    restricts: true,
    env: "SLUICE_FIREHOSE_ACCESS_KEYS",
    ssm: "firehose/access-keys",
    help: "Access keys of the streams that may deliver, several at once for rotation; unset: nobody may; the word none: anybody",
  },
  awsMetricsAs: {
    type: "choice",
    choices: ["gauges", "summaries"],
    env: "SLUICE_AWS_METRICS_AS",
    ssm: "settings/aws-metrics-as",
    default: "gauges",
    help: "Metric streams and embedded metrics: gauges that Prometheus can use, or summaries of one period as CloudWatch has them; see aws-sources.md",
  },
} as const satisfies Record<string, Setting>;
