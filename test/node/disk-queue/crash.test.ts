import { describe, expect, it } from "vitest";
import { createMemoryDisk } from "../../support/disk/memory-disk.ts";
import { openBare } from "../../support/disk/stand.ts";
import { createLedger, drain, imbalance, work } from "../../support/disk/workload.ts";
import type { EmittedEvent } from "../../support/record-events.ts";
import { seededRandom } from "../../support/seeded-random.ts";

describe("a disk queue whose process ends", () => {
  it.each([
    ["by SIGKILL", "kill", 1],
    ["by a power cut", "power", 2],
  ] as const)(
    "%s, at any of 100 moments, loses nothing and invents nothing",
    async (_, how, seed) => {
      for (let moment = 0; moment < 100; moment++) {
        const random = seededRandom(seed * 1000 + moment);
        const disk = createMemoryDisk({ random });
        const ledger = createLedger();
        // Two lives, so that what a crash left behind meets another one.
        for (const turns of [random() * 300, random() * 300]) {
          let isOver = false;
          const life = openBare(disk.files).then((queue) =>
            work(queue, { ledger, random, rounds: 1000, isOver: () => isOver }),
          );
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          isOver = true;
          disk.crash(how);
          await Promise.race([life, new Promise(setImmediate)]);
        }
        const events: EmittedEvent[] = [];
        const queue = await openBare(disk.files, events);
        const found = await drain(queue);
        expect(imbalance(ledger, found, { deletesSurvive: how === "kill" }), `moment ${moment}`).toEqual([]);
        expect(events.filter(({ name }) => name !== "storage.cut" && name !== "storage.damaged")).toEqual([]);
      }
    },
    60_000,
  );
});
