import { describe, expect, it } from "vitest";
import { createDeletions } from "../../shared/drain/deletions.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

function open(failing: readonly string[] = []) {
  const waiting = new Set<() => void>();
  const clock = {
    sleep: () => Promise.reject(new Error("it sets timers")),
    after(ms: number, task: () => void) {
      expect(ms).toBe(50);
      waiting.add(task);
      return () => waiting.delete(task);
    },
  };
  /** Ends the waiting. */
  const pass = async () => {
    for (const task of [...waiting]) {
      waiting.delete(task);
      task();
    }
    await new Promise(setImmediate);
  };
  const calls: (readonly string[])[] = [];
  const events: EmittedEvent[] = [];
  const deletions = createDeletions({
    clock,
    emit: recordEvents(events),
    reader: {
      async delete(receipts) {
        calls.push([...receipts]);
        const failed = new Set(receipts.filter((receipt) => failing.includes(receipt)));
        return { failed, ...(failed.size > 0 && { reason: "no disk" }) };
      },
    },
  });
  return { pass, calls, events, deletions };
}

describe("createDeletions()", () => {
  it("asks once for what comes within a moment", async () => {
    const { pass, calls, deletions } = open();
    deletions.soon(["a"]);
    deletions.soon([]);
    deletions.soon(["b", "c"]);
    expect(calls).toEqual([]);
    await pass();
    deletions.soon(["d"]);
    await pass();
    expect(calls).toEqual([["a", "b", "c"], ["d"]]);
  });

  it("waits for nothing once there are many", async () => {
    const { calls, deletions } = open();
    const many = Array.from({ length: 1000 }, (_, at) => String(at));
    for (const receipt of many) deletions.soon([receipt]);
    expect(calls).toEqual([many]);
  });

  it("takes what was gathered along with what goes now, and asks no second time", async () => {
    const { pass, calls, deletions } = open();
    deletions.soon(["a"]);
    await deletions.now(["b"]);
    await pass();
    await deletions.now([]);
    expect(calls).toEqual([["a", "b"]]);
  });

  it("tells what was not deleted", async () => {
    const { events, deletions } = open(["b"]);
    await deletions.now(["a", "b"]);
    expect(events).toEqual([{ name: "queue.failed", fields: { operation: "delete", reason: "no disk" } }]);
  });
});
