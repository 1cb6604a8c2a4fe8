import { describe, expect, it } from "vitest";
import { createCircuit } from "../../shared/delivery/circuit-breaker.ts";
import type { Verdict } from "../../shared/delivery/verdict.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const failed: Verdict = { kind: "retry", reason: "HTTP 503" };
const delivered: Verdict = { kind: "delivered", rejected: 0 };

function stand() {
  const clock = createManualClock(0);
  const events: EmittedEvent[] = [];
  const policy = { baseMs: 1000, maxMs: 60_000, random: () => 1, clock, emit: recordEvents(events) };
  return { clock, events, circuit: createCircuit({ ...policy, destination: "grafana-cloud traces" }) };
}

describe("createCircuit()", () => {
  it("takes one failure for chance and two in a row for an outage", () => {
    const { circuit, events } = stand();
    circuit.record(failed);
    expect(circuit.blocked()).toBeUndefined();
    circuit.record(delivered);
    circuit.record(failed);
    expect(circuit.blocked()).toBeUndefined();
    circuit.record(failed);
    expect(circuit.blocked()).toEqual({ reason: "HTTP 503", afterMs: 1000 });
    expect(events).toEqual([
      { name: "destination.down", fields: { destination: "grafana-cloud traces", reason: "HTTP 503", retryMs: 1000 } },
    ]);
  });

  it("opens at once where credentials or URL are wrong", () => {
    const { circuit } = stand();
    circuit.record({ kind: "misconfigured", status: 401, message: "HTTP 401: invalid token" });
    expect(circuit.blocked()).toMatchObject({ reason: "HTTP 401: invalid token" });
  });

  it("lets one trial through when its time is over, and waits longer each time it fails", () => {
    const { circuit, clock } = stand();
    circuit.record(failed);
    circuit.record(failed);
    for (const afterMs of [1000, 2000, 4000, 8000]) {
      expect(circuit.blocked()).toMatchObject({ afterMs });
      clock.advance(afterMs);
      expect(circuit.blocked()).toBeUndefined();
      expect(circuit.blocked()).toMatchObject({ afterMs: 1000 });
      circuit.record(failed);
    }
  });

  it("closes with the first success and says how long it was down", () => {
    const { circuit, clock, events } = stand();
    circuit.record(failed);
    circuit.record(failed);
    clock.advance(5000);
    expect(circuit.blocked()).toBeUndefined();
    circuit.record(delivered);
    expect(circuit.blocked()).toBeUndefined();
    expect(events.at(-1)).toEqual({
      name: "destination.up",
      fields: { destination: "grafana-cloud traces", downMs: 5000 },
    });
  });

  it("counts exports that were under way when it opened once", () => {
    const { circuit, events } = stand();
    for (let export_ = 0; export_ < 6; export_++) circuit.record(failed);
    expect(circuit.blocked()).toMatchObject({ afterMs: 1000 });
    expect(events).toHaveLength(1);
  });

  it("takes a refusal of data for a sign of life", () => {
    const { circuit } = stand();
    circuit.record(failed);
    circuit.record({ kind: "refused", reason: "rejected", status: 400, message: "bad" });
    circuit.record(failed);
    expect(circuit.blocked()).toBeUndefined();
  });

  it("waits as long as the destination asks for, up to its cap", () => {
    const { circuit } = stand();
    circuit.record({ ...failed, afterMs: 10_000 });
    circuit.record({ ...failed, afterMs: 10_000_000 });
    expect(circuit.blocked()).toMatchObject({ afterMs: 60_000 });
  });

  it("makes room for another trial when one never ended", () => {
    const { circuit, clock } = stand();
    circuit.record(failed);
    circuit.record(failed);
    clock.advance(1000);
    expect(circuit.blocked()).toBeUndefined();
    clock.advance(60_000);
    expect(circuit.blocked()).toBeUndefined();
  });
});
