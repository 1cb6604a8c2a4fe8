import type { Setting } from "./setting.ts";

/** Settings of what comes from CloudWatch Logs. */
export const logsSettings = {
  logMetrics: {
    type: "boolean",
    env: "SLUICE_LOG_METRICS",
    ssm: "settings/log-metrics",
    default: "true",
    help: "Whether reports of Lambda and embedded metrics in CloudWatch Logs become metrics beside being log records",
  },
} as const satisfies Record<string, Setting>;
