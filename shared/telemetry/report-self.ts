import type { Accept } from "../batch/accept.ts";
import type { Clock } from "../clock.ts";
import type { Emit } from "./events/events.ts";
import type { Snapshot } from "./metrics/metrics.ts";

export interface ReportSelfOptions {
  /** Takes the reports as it takes requests: they arrive where everything arrives. */
  readonly accept: Accept;
  readonly snapshot: () => Promise<Snapshot>;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Asked before each report, milliseconds; 0 is off, for now. */
  readonly intervalMs: () => number;
  /** Resource attributes, such as `service.name` and `service.instance.id`. */
  readonly resource: Readonly<Record<string, string>>;
  readonly abort: AbortSignal;
}

const lookAgainMs = 60_000;

/** Sends this process's own metrics through its own sink, until `abort`. The serialiser is loaded for the first report. */
export async function reportSelf(options: ReportSelfOptions): Promise<void> {
  const { accept, snapshot, emit, clock, intervalMs, resource, abort } = options;
  const startedAt = clock.now();
  while (!abort.aborted) {
    const interval = intervalMs();
    await clock.sleep(interval || lookAgainMs, abort);
    if (interval === 0 || abort.aborted) continue;
    const { toOtlpMetrics } = await import("./otlp-metrics.ts");
    const series = await snapshot();
    const bytes = toOtlpMetrics(series, { resource, startedAt, at: clock.now() });
    const items = series.reduce((sum, { points }) => sum + points.length, 0);
    const acceptance = await accept({ format: "otlp/metrics", items, bytes });
    const carried = { signal: "metrics", transport: "self" } as const;
    if (acceptance.kind === "accepted") emit("request.accepted", { ...carried, items, bytes: bytes.length });
    // The next report carries what this one would have: all counts are cumulative.
    else emit("request.unavailable", { ...carried, reason: acceptance.reason, retryAfterMs: interval });
  }
}
