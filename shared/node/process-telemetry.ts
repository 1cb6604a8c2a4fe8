import { createRecent, type Recent } from "../overview/recent.ts";
import { createEmit } from "../telemetry/emit.ts";
import type { LogLevel } from "../telemetry/events/event-row.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { createLog } from "../telemetry/log.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics/metrics.ts";

export interface ProcessTelemetry {
  readonly emit: Emit;
  readonly metrics: Metrics;
  /** The newest log lines. */
  readonly recent: Recent;
  /** Sets the least level that is logged; `info` until then. */
  setLevel(level: LogLevel): void;
}

/**
 * Logs and metrics of an entry point: JSON lines on `output` (standard output), text where that is a terminal. The level
 * is set once the settings are known, because loading them is logged too.
 */
export function createProcessTelemetry(output: NodeJS.WriteStream = process.stdout): ProcessTelemetry {
  const metrics = createMetrics();
  let least: LogLevel = "info";
  const recent = createRecent(() => Date.now());
  const log = createLog({
    write: (line) => output.write(line),
    now: () => Date.now(),
    format: output.isTTY ? "text" : "json",
    color: output.isTTY && !process.env.NO_COLOR,
  });
  return {
    metrics,
    recent,
    emit: createEmit({ log, metrics, level: () => least, remember: recent.take }),
    setLevel: (level) => {
      least = level;
    },
  };
}
