import { createOwnGroups, groupsOfStage } from "../shared/aws-events/cloudwatch-logs/own-groups.ts";
import { type LogsData, noLogs, readLogsData } from "../shared/aws-events/cloudwatch-logs/read-logs-data.ts";
import type { Clock } from "../shared/clock.ts";

export interface ReadLogsEventOptions {
  readonly clock: Pick<Clock, "now">;
  /** Most bytes of an event once inflated. */
  readonly maxBytes: number;
  readonly stage: string;
  /** The function's own log group, whatever it is called. */
  readonly ownGroup?: string | undefined;
  /** The function's region: that of the groups that are subscribed. */
  readonly region?: string | undefined;
  readonly withMetrics: () => boolean;
  /** Whether embedded metrics become gauges. */
  readonly toGauges: () => boolean;
}

/** An event that was read, and what it was read from. */
export interface OpenedEvent {
  readonly data: LogsData;
  /** What is kept of it where part of it cannot be used. */
  readonly bytes: Uint8Array;
}

/** Reads the data of an event; `text` is what is kept of one that is not of a subscription. */
export type ReadLogsEvent = (bytes: Uint8Array | undefined, text: () => string) => OpenedEvent;

const notOfSubscription = "it is not the event of a CloudWatch Logs subscription";

/** Reads events of subscriptions, but for what the gateway itself has logged. */
export function createReadLogsEvent(options: ReadLogsEventOptions): ReadLogsEvent {
  const { clock, maxBytes, stage, ownGroup, region, withMetrics, toGauges } = options;
  const isOwnGroup = createOwnGroups([...groupsOfStage(stage), ...(ownGroup ? [ownGroup] : [])]);

  return (bytes, text) => {
    if (!bytes) return { data: { ...noLogs, problems: [notOfSubscription] }, bytes: new TextEncoder().encode(text()) };
    const convert = { region, withMetrics: withMetrics(), toGauges: toGauges(), observedMs: clock.now() };
    return { data: readLogsData(bytes, { maxBytes, isOwnGroup, ...convert }), bytes };
  };
}
