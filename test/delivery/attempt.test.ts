import { describe, expect, it } from "vitest";
import { type AttemptOptions, attempt, type Load } from "../../shared/delivery/attempt.ts";

const load: Load = {
  format: "otlp/logs",
  destination: "grafana-cloud",
  items: 1,
  encoding: "identity",
  body: new Uint8Array(3),
  batches: 1,
  acceptedAt: 0,
};

function start(blocked?: { reason: string; afterMs: number }) {
  let now = 0;
  const timeouts: number[] = [];
  const made: Load[] = [];
  const options: AttemptOptions = {
    clock: { now: () => now, sleep: async () => {} },
    emit: () => {},
    exportTimeoutMs: 10_000,
    circuit: { blocked: () => blocked, record: () => {}, withdraw: () => {}, isOpen: () => blocked !== undefined },
    async send({ timeoutMs }) {
      timeouts.push(timeoutMs);
      return { kind: "delivered", rejected: 0 };
    },
  };
  const make = async () => {
    now += 400;
    made.push(load);
    return load;
  };
  return { options, made, make, timeouts };
}

describe("attempt()", () => {
  it("makes no load for a destination that is down", async () => {
    const { options, made, make } = start({ reason: "status 503", afterMs: 700 });
    expect((await attempt(make, {}, options)).attempted).toMatchObject({
      kind: "retry",
      reason: "waiting: status 503",
      cause: "outage",
    });
    expect(made).toEqual([]);
  });

  it("makes no load when no time is left", async () => {
    const { options, made, make } = start();
    expect((await attempt(make, { deadlineAt: 999 }, options)).attempted).toMatchObject({ reason: "no time left" });
    expect(made).toEqual([]);
  });

  it("takes the making out of the time for the export", async () => {
    const { options, make, timeouts } = start();
    expect((await attempt(make, { deadlineAt: 3000 }, options)).attempted).toMatchObject({ kind: "delivered" });
    expect(timeouts).toEqual([2600]);
  });
});
