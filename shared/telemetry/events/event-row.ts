import type { MetricName } from "../metrics/metric-table.ts";
import type { Labels } from "../metrics/metrics.ts";

/** The level of a log line. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What an event does to a metric: adds to a counter, sets a gauge, goes into a histogram. */
export type Measure<Fields> = {
  readonly [Name in MetricName]: {
    readonly metric: Name;
    readonly labels: (fields: Fields) => Labels<Name>;
    /** The value; 1 where it is absent. */
    readonly by?: (fields: Fields) => number;
  };
}[MetricName];

/** One event: how its log line reads and what it counts. `warn`: surprising, nothing lost; `error`: lost, or someone must act. */
export interface EventRow<Fields> {
  readonly level: LogLevel;
  /** A sentence for a person; the event's own `message`, if any, is put behind it. */
  readonly message: string;
  readonly measures: readonly Measure<Fields>[];
}
