import type { EventRow, LogLevel } from "./events/event-row.ts";
import { eventTable } from "./events/event-table.ts";
import type { Emit, EventFields, EventName } from "./events/events.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics/metrics.ts";

export interface EmitOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  /** The least level that is logged; a function where it may change while the process runs. Metrics count all events. */
  readonly level: LogLevel | (() => LogLevel);
  /** Told of every event that is worth a line at the level info, whatever is logged. */
  readonly remember?: Log;
}

const order: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Turns events into log lines and metrics, by `eventTable`. Never throws, whatever the log does. */
export function createEmit({ log, metrics, level, remember }: EmitOptions): Emit {
  return (name, fields) => {
    try {
      const row = rowOf(name);
      for (const { metric, labels, by } of row.measures) metrics.record(metric, labels(fields), by?.(fields) ?? 1);
      const isRemembered = remember !== undefined && row.level !== "debug";
      const isLogged = order[row.level] >= order[typeof level === "function" ? level() : level];
      if (!isRemembered && !isLogged) return;
      const detail = "message" in fields && fields.message ? `: ${fields.message}` : "";
      const record = { level: row.level, event: name, message: `${row.message}${detail}`, fields };
      if (isRemembered) remember(record);
      if (isLogged) log(record);
    } catch {
      // Telling about the data path must never stop it.
    }
  };
}

function rowOf<Name extends EventName>(name: Name): EventRow<EventFields[Name]> {
  return eventTable[name];
}
