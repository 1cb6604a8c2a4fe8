import { describe, expect, it } from "vitest";
import type { Acceptance, ReceivedRequest } from "../../shared/batch/accept.ts";
import { createFanOut } from "../../shared/commit/fan-out.ts";

const request: ReceivedRequest = { format: "otlp/traces", items: 1, bytes: new Uint8Array(1) };

function target(acceptance: Acceptance, signals: readonly ("traces" | "logs" | "metrics")[] = ["traces"]) {
  const taken: ReceivedRequest[] = [];
  const accept = async (given: ReceivedRequest) => {
    taken.push(given);
    return acceptance;
  };
  return { taken, target: { accept, signals } };
}

describe("createFanOut()", () => {
  it("hands a request to every destination of its signal and to no other", async () => {
    const all = [target({ kind: "accepted" }), target({ kind: "accepted" }), target({ kind: "accepted" }, ["logs"])];
    const accept = createFanOut(all.map((each) => each.target));
    expect(await accept(request)).toEqual({ kind: "accepted" });
    expect(all.map(({ taken }) => taken.length)).toEqual([1, 1, 0]);
  });

  it("accepts only what every destination has accepted, and asks to come back when the last one may", async () => {
    const down = (retryAfterMs: number) => target({ kind: "unavailable", reason: "down", retryAfterMs }).target;
    const accept = createFanOut([target({ kind: "accepted" }).target, down(1000), down(7000)]);
    expect(await accept(request)).toEqual({ kind: "unavailable", reason: "down", retryAfterMs: 7000 });
  });

  it("tells of the destination that took the least", async () => {
    const rejected = (items: number) => target({ kind: "accepted", rejected: { items, message: `${items}` } }).target;
    const accept = createFanOut([rejected(1), rejected(3), target({ kind: "accepted" }).target]);
    expect(await accept(request)).toEqual({ kind: "accepted", rejected: { items: 3, message: "3" } });
  });
});
