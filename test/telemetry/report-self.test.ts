import { describe, expect, test } from "vitest";
import type { Acceptance } from "../../shared/batch/accept.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";
import { reportSelf } from "../../shared/telemetry/report-self.ts";
import { scan } from "../../shared/wire/scan.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingAccept } from "../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

async function reports(acceptance: Acceptance, intervals: readonly number[]) {
  const { accept, received } = createRecordingAccept(acceptance);
  const events: EmittedEvent[] = [];
  const metrics = createMetrics();
  metrics.add("sluice_crashes_total", { where: "a" });
  metrics.add("sluice_crashes_total", { where: "b" });
  const stop = new AbortController();
  const left = [...intervals];
  await reportSelf({
    accept,
    snapshot: async () => metrics.snapshot(),
    emit: recordEvents(events),
    clock: createManualClock(),
    intervalMs() {
      const next = left.shift();
      if (next === undefined) stop.abort();
      return next ?? 0;
    },
    resource: { "service.name": "sluice" },
    abort: stop.signal,
  });
  return { received, events: events.map(({ name, fields }) => [name, fields]) };
}

describe("reportSelf()", () => {
  test("sends valid requests with as many items as it says", async () => {
    const { received, events } = await reports({ kind: "accepted" }, [60_000, 60_000]);
    expect(received.map(({ format, items }) => [format, items])).toEqual([
      ["otlp/metrics", 2],
      ["otlp/metrics", 2],
    ]);
    for (const { bytes } of received)
      expect(scan(bytes, signals.metrics.request)).toMatchObject({ kind: "scanned", items: 2 });
    expect(events[0]).toEqual(["request.accepted", expect.objectContaining({ transport: "self", items: 2 })]);
  });

  test("is silent while it is off, and starts when it is turned on", async () => {
    expect((await reports({ kind: "accepted" }, [0, 0])).received).toEqual([]);
    expect((await reports({ kind: "accepted" }, [0, 60_000])).received).toHaveLength(1);
  });

  test("goes on when the sink cannot take a report", async () => {
    const full = { kind: "unavailable", reason: "memory", retryAfterMs: 1_000 } as const;
    const { received, events } = await reports(full, [60_000, 60_000]);
    expect(received).toHaveLength(2);
    expect(events.map(([name]) => name)).toEqual(["request.unavailable", "request.unavailable"]);
  });
});
