import { AsyncLocalStorage } from "node:async_hooks";
import { createRecent, type Recent } from "../../shared/overview/recent.ts";
import { createEmit } from "../../shared/telemetry/emit.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { createPipelineLog } from "../../shared/telemetry/logfmt.ts";
import { createMetrics, type Metrics } from "../../shared/telemetry/metrics/metrics.ts";
import type { LoggingSettings } from "../config-blocks/logging.ts";

/** What a process that runs a configuration tells: log lines on standard error, metrics. */
export interface PipelineTelemetry {
  readonly emit: Emit;
  readonly metrics: Metrics;
  /** The newest log lines. */
  readonly recent: Recent;
  setLogging(settings: LoggingSettings): void;
  /** Writes what was held back until the `logging` block was read. */
  release(): void;
}

/** Whether what runs was caused by a line on its way to the receivers of `write_to`. */
const copying = new AsyncLocalStorage<true>();
const maxHeld = 10_000;
const maxComponentPoints = 10_000;

/** Lines are held back until the configuration has said how they are to be written. */
export function createPipelineTelemetry(write: (line: string) => void, observe: Emit = () => {}): PipelineTelemetry {
  const metrics = createMetrics({ maxPoints: maxComponentPoints });
  let settings: LoggingSettings = { level: "info", format: "logfmt", write_to: [] };
  let held: (() => void)[] | undefined = [];
  const log = createPipelineLog({ write, now: () => Date.now(), format: () => settings.format, copy });
  const recent = createRecent(() => Date.now());
  const emit = createEmit({ log, metrics, level: () => settings.level, remember: recent.take });
  return {
    metrics,
    recent,
    emit(name, fields) {
      observe(name, fields);
      if (held && held.length < maxHeld) held.push(() => emit(name, fields));
      else emit(name, fields);
    },
    setLogging(next) {
      settings = next;
    },
    release() {
      const lines = held ?? [];
      held = undefined;
      for (const tell of lines) tell();
    },
  };

  function copy(line: string): void {
    // What a receiver of such lines says of them is not sent to it again: it would never end.
    if (settings.write_to.length === 0 || copying.getStore()) return;
    const entry = { labels: [], timeUnixNano: BigInt(Date.now()) * 1_000_000n, line, metadata: [] };
    // A receiver that is slow or gone must not stop the process from telling.
    copying.run(true, () => {
      for (const receiver of settings.write_to) void receiver.consume([entry]).catch(() => {});
    });
  }
}
