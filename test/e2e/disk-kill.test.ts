import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openStand, temporaryDirectory } from "../support/disk/stand.ts";
import { drain, imbalance, readLedger } from "../support/disk/workload.ts";

/** `SLUICE_TEST_KILLS=200` for as many as the queue is claimed to survive. */
const kills = Number(process.env.SLUICE_TEST_KILLS ?? 15);

it(`loses nothing and invents nothing through ${kills} SIGKILLs at any moment of append, lease, settle and compaction`, async () => {
  const path = temporaryDirectory();
  const ledgerPath = `${path}.ledger`;
  writeFileSync(ledgerPath, "");
  for (let count = 0; count < kills; count++) {
    const child = fork(join(import.meta.dirname, "../support/disk/kill-process.ts"), [path, ledgerPath]);
    await once(child, "message");
    setTimeout(() => child.kill("SIGKILL"), Math.random() * 150);
    await once(child, "exit");
  }
  const ledger = readLedger(readFileSync(ledgerPath, "utf8"));
  const { queue, storage, events } = await openStand({ path });
  const found = await drain(queue);
  expect(imbalance(ledger, found, { deletesSurvive: true })).toEqual([]);
  expect(ledger.dropped.size).toBeGreaterThan(kills);
  expect(events.filter(({ name }) => name !== "storage.cut")).toEqual([]);
  console.log(
    `figures: ${kills} kills, ${ledger.accepted.size} messages accepted, ${ledger.dropped.size} settled, ${found.length} left`,
  );
  await storage.close();
}, 300_000);
