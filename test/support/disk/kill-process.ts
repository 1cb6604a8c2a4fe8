import { openSync, readFileSync, writeSync } from "node:fs";
import { openStorage } from "../../../shared/node/disk-queue/storage.ts";
import { systemClock as clock } from "../../../shared/node/system-clock.ts";
import { type Ledger, readLedger, work } from "./workload.ts";

// Works on a storage until it is killed. What it does is in the ledger file before it is done: nothing of that is lost with the process.
const [, , path = "", ledgerPath = ""] = process.argv;
const file = openSync(ledgerPath, "a");
const opened = await openStorage({ path, maxBytes: 2 ** 30, maxAgeMs: 2 ** 40, clock, emit: () => {} });
if (opened.kind === "failed") throw new Error(opened.problem);
const queue = await opened.storage.queue("main");
process.send?.("ready");
await work(queue, { ledger: written(readLedger(readFileSync(ledgerPath, "utf8"))), random: Math.random, rounds: 1e9 });

function written(ledger: Ledger): Ledger {
  for (const [name, bodies] of Object.entries(ledger) as [string, Set<string>][]) {
    bodies.add = (body) => {
      writeSync(file, `${name} ${body}\n`);
      return Set.prototype.add.call(bodies, body) as typeof bodies;
    };
  }
  return ledger;
}
