import { describe, expect, it } from "vitest";
import { overviewOf } from "../../shared/overview/overview.ts";
import { createRecent } from "../../shared/overview/recent.ts";
import { createEmit } from "../../shared/telemetry/emit.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";

function world() {
  let now = 1000;
  const metrics = createMetrics();
  const recent = createRecent(() => now);
  const emit = createEmit({ log: () => {}, metrics, level: "error", remember: recent.take });
  const overview = () => overviewOf(metrics.snapshot(), { now, destinations: recent.destinations() });
  return { metrics, recent, emit, overview, wait: (ms: number) => (now += ms) };
}

const endpoint = { component_id: "w", remote_name: "r", url: "u" } as const;
const exported = { signal: "logs", destination: "d" } as const;

describe("overviewOf()", () => {
  it("balances: what was accepted and is nowhere else is in flight", () => {
    const { emit, overview } = world();
    emit("request.accepted", { signal: "logs", transport: "http", items: 10, bytes: 1 });
    emit("export.delivered", { ...exported, items: 6, batches: 1, bytes: 1, durationMs: 500 });
    emit("batch.dead-lettered", { ...exported, items: 1, reason: "rejected", message: "no", id: "a" });
    const [, , logs] = overview().ledger;
    expect(logs).toMatchObject({ signal: "logs", accepted: 10, delivered: 6, deadLettered: 1, inFlight: 3 });
    expect(overview().destinations).toMatchObject([{ name: "d", up: true, delivered: 6, meanSeconds: 0.5 }]);
  });

  it("says how much waited from before the start instead of a number below zero", () => {
    const { emit, overview } = world();
    emit("export.delivered", { ...exported, items: 6, batches: 1, bytes: 1, durationMs: 1 });
    expect(overview().ledger[2]).toMatchObject({ delivered: 6, inFlight: 0, fromBefore: 6 });
  });

  it("does not show more delivered than accepted where metadata and exemplars were sent beside samples", () => {
    const { emit, metrics, overview } = world();
    metrics.add("prometheus_forwarded_samples_total", { component_id: "s" }, 10);
    metrics.add("prometheus_remote_storage_metadata_total", endpoint, 4);
    metrics.add("prometheus_remote_storage_exemplars_total", endpoint, 1);
    metrics.add("prometheus_remote_storage_samples_dropped_total", { ...endpoint, reason: "too_old" }, 2);
    emit("export.delivered", { signal: "metrics", destination: "w", items: 13, batches: 1, bytes: 1, durationMs: 1 });
    expect(overview().ledger[1]).toMatchObject({ accepted: 15, delivered: 13, dropped: 2 });
  });

  it("claims nothing about what is in flight where an item goes to several destinations", () => {
    const { emit, overview } = world();
    for (const destination of ["a", "b"]) {
      emit("export.delivered", { ...exported, destination, items: 6, batches: 1, bytes: 1, durationMs: 1 });
    }
    expect(overview().ledger[2]).not.toHaveProperty("inFlight");
  });

  it("knows why a destination is down, since when, and when it is tried again", () => {
    const { emit, overview, wait } = world();
    emit("destination.down", { destination: "d", reason: "503", retryMs: 5000 });
    wait(2000);
    emit("destination.down", { destination: "d", reason: "refused", retryMs: 9000 });
    const down = { name: "d", up: false, reason: "refused", since: 1000, retryAt: 12_000 };
    expect(overview().destinations).toMatchObject([down]);
    emit("destination.up", { destination: "d", downMs: 1 });
    expect(overview().destinations[0]).toMatchObject({ up: true });
    expect(overview().destinations[0]).not.toHaveProperty("reason");
  });

  it("shows a destination once, down while any of its signals is, not up beside a row for each signal that is down", () => {
    const { emit, overview, wait } = world();
    emit("export.delivered", { ...exported, items: 6, batches: 1, bytes: 1, durationMs: 1 });
    emit("destination.down", { destination: "d logs", reason: "503", retryMs: 5000 });
    wait(10);
    emit("destination.down", { destination: "d traces", reason: "504", retryMs: 5000 });
    expect(overview().destinations).toMatchObject([{ name: "d", up: false, reason: "504", since: 1000, delivered: 6 }]);
    emit("destination.up", { destination: "d traces", downMs: 1 });
    expect(overview().destinations).toMatchObject([{ name: "d", up: false, reason: "503" }]);
    emit("destination.up", { destination: "d logs", downMs: 1 });
    expect(overview().destinations).toMatchObject([{ name: "d", up: true }]);
  });
});

describe("createRecent()", () => {
  it("keeps the newest lines, whatever is logged, and nothing of the level debug", () => {
    const { emit, recent } = world();
    for (let at = 0; at < 600; at++) emit("destination.up", { destination: String(at), downMs: at });
    emit("request.accepted", { signal: "logs", transport: "http", items: 1, bytes: 1 });
    expect(recent.lines()).toHaveLength(500);
    expect(recent.lines().at(-1)?.fields).toMatchObject({ destination: "599" });
    expect(recent.destinations()).toHaveLength(200);
  });

  it("keeps the lines of a component apart", () => {
    const { emit, recent } = world();
    emit("component.exited", { component_id: "a.b", err: "x" });
    emit("component.exited", { component_id: "a.c", err: "y".repeat(9999) });
    expect(recent.lines("a.c").map(({ fields }) => fields.err?.length)).toEqual([500]);
    expect(recent.lines("a.d")).toEqual([]);
  });
});
