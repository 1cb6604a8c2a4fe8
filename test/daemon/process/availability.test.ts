import { describe, expect, it } from "vitest";
import { createAvailability } from "../../../daemon/process/availability.ts";
import type { Acceptance } from "../../../shared/batch/accept.ts";
import type { Group } from "../../../shared/commit/group-commit.ts";

const group: Group = [{ format: "otlp/logs", items: 1, bytes: new Uint8Array(1) }];

function start(probes: (string | undefined)[]) {
  const changes: (string | undefined)[] = [];
  let acceptance: Acceptance = { kind: "accepted" };
  const abort = new AbortController();
  const availability = createAvailability({
    commit: async ([request]) => new Map([[request, acceptance]]),
    probe: async () => probes.shift(),
    clock: { now: () => 0, sleep: async () => (probes.length === 0 ? abort.abort() : undefined) },
    onChange: (problem) => changes.push(problem),
  });
  const commit = (given: Acceptance) => {
    acceptance = given;
    return availability.commit(group, { final: false });
  };
  return { availability, changes, commit, watch: () => availability.watch(abort.signal) };
}

describe("createAvailability()", () => {
  it("is not available before the first probe or success", () => {
    expect(start([]).availability.problem()).toMatch(/not been reached/);
  });

  it("probes until something works", async () => {
    const { availability, changes, watch } = start(["refused", "refused", undefined]);
    await watch();
    expect(availability.problem()).toBeUndefined();
    expect(changes).toEqual([undefined]);
  });

  it("goes on probing after a probe that crashed", async () => {
    const abort = new AbortController();
    const probes = [() => Promise.reject(new Error("Invalid URL")), async () => undefined];
    const changes: (string | undefined)[] = [];
    const availability = createAvailability({
      commit: async () => new Map(),
      probe: () => probes.shift()?.() ?? Promise.resolve(undefined),
      clock: { now: () => 0, sleep: async () => (probes.length === 0 ? abort.abort() : undefined) },
      onChange: (problem) => changes.push(problem),
    });
    await availability.watch(abort.signal);
    expect(changes).toEqual([undefined]);
  });

  it("follows what becomes of requests", async () => {
    const { availability, changes, commit } = start([]);
    await commit({ kind: "accepted" });
    await commit({ kind: "unavailable", reason: "down", retryAfterMs: 1 });
    expect(availability.problem()).toBe("down");
    await commit({ kind: "accepted" });
    expect(changes).toEqual([undefined, "down", undefined]);
  });

  it("is not ready while every request fails, whatever a probe says that tests less", async () => {
    const { availability, changes, commit, watch } = start([undefined, undefined, undefined]);
    await commit({ kind: "unavailable", reason: "no sqs:SendMessage", retryAfterMs: 1 });
    await watch();
    expect(availability.problem()).toBe("no sqs:SendMessage");
    await commit({ kind: "accepted" });
    expect(availability.problem()).toBeUndefined();
    expect(changes).toEqual([undefined]);
  });

  it("asks the probe again when nobody has sent anything for a minute", async () => {
    let now = 0;
    const abort = new AbortController();
    const [request] = group;
    const availability = createAvailability({
      commit: async () => new Map([[request, { kind: "unavailable", reason: "down", retryAfterMs: 1 }]]),
      probe: async () => undefined,
      clock: {
        now: () => now,
        async sleep(ms) {
          now += ms;
          if (now > 50_000 && now < 60_000) expect(availability.problem()).toBe("down");
          if (now > 100_000) abort.abort();
        },
      },
      onChange: () => {},
    });
    await availability.commit(group, { final: false });
    await availability.watch(abort.signal);
    expect(availability.problem()).toBeUndefined();
  });
});
