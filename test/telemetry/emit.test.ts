import { describe, expect, test } from "vitest";
import { createEmit } from "../../shared/telemetry/emit.ts";
import { eventTable } from "../../shared/telemetry/events/event-table.ts";
import { createLog, type LogRecord } from "../../shared/telemetry/log.ts";
import { metricTable } from "../../shared/telemetry/metrics/metric-table.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";

const accepted = { signal: "traces", transport: "http", items: 7, bytes: 900 } as const;
const parked = {
  signal: "logs",
  destination: "grafana-cloud",
  items: 2,
  reason: "rejected",
  status: 400,
  message: "bad timestamp",
  id: "a1",
} as const;

describe("createEmit()", () => {
  test("counts an event whose level is too low to be logged", () => {
    const lines: LogRecord[] = [];
    const metrics = createMetrics();
    const emit = createEmit({ log: (line) => lines.push(line), metrics, level: "info" });
    emit("request.accepted", accepted);
    emit("request.accepted", accepted);
    expect(lines).toEqual([]);
    const series = metrics.snapshot().find(({ name }) => name === "sluice_accepted_items_total");
    expect(series?.points).toEqual([{ labels: { signal: "traces", transport: "http" }, value: 14 }]);
  });

  test("logs the event's sentence with its message behind it", () => {
    const lines: LogRecord[] = [];
    const emit = createEmit({ log: (line) => lines.push(line), metrics: createMetrics(), level: "info" });
    emit("batch.dead-lettered", parked);
    expect(lines).toEqual([
      {
        level: "error",
        event: "batch.dead-lettered",
        message: "Sent a batch to the dead-letter queue: bad timestamp",
        fields: parked,
      },
    ]);
  });

  test("follows a level that changes", () => {
    let lines = 0;
    let level: "debug" | "error" = "error";
    const emit = createEmit({ log: () => lines++, metrics: createMetrics(), level: () => level });
    emit("request.accepted", accepted);
    level = "debug";
    emit("request.accepted", accepted);
    expect(lines).toBe(1);
  });

  test("does not throw when the log does", () => {
    const emit = createEmit({
      log: () => {
        throw new Error("disk full");
      },
      metrics: createMetrics(),
      level: "debug",
    });
    expect(() => emit("request.accepted", accepted)).not.toThrow();
  });

  test("keeps the ledger: accepted, delivered, rejected and parked items each have a counter", () => {
    const metrics = createMetrics();
    const emit = createEmit({ log: () => {}, metrics, level: "error" });
    emit("request.accepted", { ...accepted, items: 10 });
    emit("export.delivered", {
      signal: "traces",
      destination: "grafana-cloud",
      items: 6,
      batches: 1,
      bytes: 1,
      durationMs: 3,
    });
    emit("export.partial", { signal: "traces", destination: "grafana-cloud", items: 1, message: "" });
    emit("batch.dead-lettered", { ...parked, signal: "traces", items: 3 });
    const total = (name: string) => metrics.snapshot().find((series) => series.name === name)?.points[0]?.value;
    expect(total("sluice_delivered_items_total")).toBe(6);
    expect(total("sluice_rejected_items_total")).toBe(1);
    expect(total("sluice_dead_lettered_items_total")).toBe(3);
    expect(total("sluice_accepted_items_total")).toBe(6 + 1 + 3);
  });
});

describe("eventTable", () => {
  test("measures only metrics of the table", () => {
    for (const row of Object.values(eventTable)) {
      for (const { metric } of row.measures) expect(metricTable).toHaveProperty(metric);
    }
  });
});

describe("createLog()", () => {
  function logged(options: { format: "json" | "text"; maxLinesPerMinute?: number }) {
    const lines: string[] = [];
    let now = Date.UTC(2026, 10, 20, 10, 0, 0);
    const log = createLog({ ...options, write: (line) => lines.push(line), now: () => now });
    return { lines, log, wait: (ms: number) => (now += ms) };
  }
  const record = { level: "warn", event: "request.refused", message: "Refused a request: no", fields: {} } as const;

  test("writes one JSON line with what Lambda needs to keep the level", () => {
    const { lines, log } = logged({ format: "json" });
    log({ ...record, fields: { status: 400, reason: "content-type", message: "no", absent: undefined } });
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      timestamp: "2026-11-20T10:00:00.000Z",
      level: "warn",
      event: "request.refused",
      message: "Refused a request: no",
      status: 400,
      reason: "content-type",
    });
    expect(lines[0]?.endsWith("}\n")).toBe(true);
  });

  test("bounds strings and prints objects as text, so that a secret cannot slip in", () => {
    const { lines, log } = logged({ format: "json" });
    log({ ...record, fields: { long: "x".repeat(5_000), key: { reveal: () => "glc_1", toString: () => "[secret]" } } });
    const line = JSON.parse(lines[0] ?? "");
    expect(line.long).toHaveLength(1_000);
    expect(line.key).toBe("[secret]");
  });

  test("escapes control characters in text, so that no sender draws on the terminal", () => {
    const { lines, log } = logged({ format: "text" });
    log({ ...record, message: 'says "hi"\u001b[2J\n', fields: { reason: "a\u0007b", port: 4318 } });
    expect(lines).toEqual(['10:00:00.000 warn  says "hi"\\u001b[2J\\n request.refused reason="a\\u0007b" port=4318\n']);
  });

  test("leaves lines of a flood out and says how many", () => {
    const { lines, log, wait } = logged({ format: "json", maxLinesPerMinute: 2 });
    for (let line = 0; line < 5; line++) log(record);
    log({ ...record, event: "other" });
    expect(lines).toHaveLength(3);
    wait(60_000);
    log(record);
    expect(JSON.parse(lines[3] ?? "").omittedLines).toBe(3);
  });

  test("is not silenced by a clock that is set back", () => {
    const { lines, log, wait } = logged({ format: "json", maxLinesPerMinute: 1 });
    log(record);
    wait(-3_600_000);
    log(record);
    expect(lines).toHaveLength(2);
  });
});
