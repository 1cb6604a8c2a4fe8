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
});
