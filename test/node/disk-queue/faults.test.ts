import { describe, expect, it } from "vitest";
import { createMemoryDisk } from "../../support/disk/memory-disk.ts";
import { openBare } from "../../support/disk/stand.ts";
import { createLedger, drain, imbalance, work } from "../../support/disk/workload.ts";
import { seededRandom } from "../../support/seeded-random.ts";

describe("a disk queue on a disk that fails", () => {
  it.each(["ENOSPC", "EIO", "EROFS"])("loses and invents nothing where any one call answers %s", async (code) => {
    const calls = await callsOf(undefined);
    for (let failing = 1; failing <= calls; failing += 3) await callsOf({ code, from: failing, count: 1 });
  });

  it.each(["ENOSPC", "EIO"])("loses and invents nothing where every call answers %s for a while", async (code) => {
    for (let from = 1; from < 400; from += 40) await callsOf({ code, from, count: 60 });
  });

  it("says why it could not take something, and when to come back", async () => {
    let isFull = false;
    const fault = (operation: string) => (isFull && operation === "write" ? "ENOSPC" : undefined);
    const disk = createMemoryDisk({ random: () => 0, fault });
    const queue = await openBare(disk.files);
    isFull = true;
    expect(await queue.send(["a", "b"])).toEqual({
      kind: "failed",
      reason: "cannot write to /queue: the disk is full (ENOSPC)",
      unsent: [0, 1],
      retryAfterMs: 5000,
    });
    isFull = false;
    expect(await queue.send(["c"])).toEqual({ kind: "sent" });
    expect(await drain(queue)).toEqual(["c"]);
  });

  it("does not deliver again in this process what was deleted while the disk failed", async () => {
    let isBroken = false;
    const disk = createMemoryDisk({ random: () => 0, fault: () => (isBroken ? "EIO" : undefined) });
    const queue = await openBare(disk.files);
    await queue.send(["a"]);
    const received = await queue.receive({ maxMessages: 1, leaseSeconds: 0 });
    const handles = received.kind === "received" ? received.messages.map(({ receiptHandle }) => receiptHandle) : [];
    isBroken = true;
    expect([...(await queue.delete(handles)).failed]).toEqual(handles);
    isBroken = false;
    expect(await drain(queue)).toEqual([]);
  });
});

/** Works on a disk where some calls fail, then looks whether the ledger balances; returns how many calls that were. */
async function callsOf(fault: { code: string; from: number; count: number } | undefined): Promise<number> {
  const random = seededRandom(7);
  let calls = 0;
  let isWorking = true;
  const disk = createMemoryDisk({
    random,
    fault() {
      calls += 1;
      return isWorking && fault && calls >= fault.from && calls < fault.from + fault.count ? fault.code : undefined;
    },
  });
  const ledger = createLedger();
  const queue = await openBare(disk.files).catch(() => undefined);
  if (queue) await work(queue, { ledger, random, rounds: 12 });
  isWorking = false;
  const made = calls;
  disk.crash("kill");
  const found = await drain(await openBare(disk.files));
  expect(imbalance(ledger, found, { deletesSurvive: true }), JSON.stringify(fault)).toEqual([]);
  return made;
}
