import { systemClock } from "../../shared/node/system-clock.ts";
import { createEmit } from "../../shared/telemetry/emit.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { createLog } from "../../shared/telemetry/log.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";

/** Events as log lines on standard error where it is kept (a file, a pipe); on a terminal the progress bar has their place. */
export function deadLetterEvents(): Emit {
  const { stderr } = process;
  const log = createLog({
    write: (line) => {
      if (!stderr.isTTY) stderr.write(line);
    },
    now: systemClock.now,
  });
  return createEmit({ log, metrics: createMetrics(), level: "info" });
}
