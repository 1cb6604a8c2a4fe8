import { describe, expect, it, onTestFinished } from "vitest";
import { sluice } from "../support/cli/cli.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { exportingTo, type RunningStack, startStack, temporaryDirectory } from "../support/local/stack.ts";

async function sendLogs({ http }: RunningStack, texts: readonly string[]): Promise<void> {
  // Of now: a replay leaves out what the destination will find too old.
  const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
  const logRecords = texts.map((stringValue) => ({ timeUnixNano, body: { stringValue } }));
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${http}/v1/logs`, { method: "POST", headers, body })).status).toBe(200);
}

/** What `/metrics` says of log records, summed over the other labels. */
async function ledgerOf({ admin }: RunningStack) {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const sum = (name: string) => {
    const lines = text
      .split("\n")
      .filter((line) => line.startsWith(`sluice_${name}{`) && line.includes('signal="logs"'));
    return lines.reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
  };
  return {
    accepted: sum("accepted_items_total"),
    delivered: sum("delivered_items_total"),
    rejected: sum("rejected_items_total"),
    parked: sum("dead_lettered_items_total"),
    letters: sum("dead_letter_items"),
    inFlight: sum("in_flight_items"),
  };
}

function expectLedger(stack: RunningStack, ledger: Partial<Awaited<ReturnType<typeof ledgerOf>>>): Promise<void> {
  return expect.poll(() => ledgerOf(stack), { timeout: 30_000, interval: 200 }).toMatchObject(ledger);
}

async function fakeGrafana(poison: (item: string) => boolean): Promise<FakeGrafana> {
  const grafana = await startFakeGrafana({ poison });
  onTestFinished(() => grafana.close());
  return grafana;
}

const good = Array.from({ length: 7 }, (_, index) => `record ${index}`);

describe("everyRecordIsAccountedFor", () => {
  it("balances on /metrics after a partial success, poison, an outage half-way, a kill and a replay", async () => {
    let isPoisonous = true;
    const grafana = await fakeGrafana((item) => isPoisonous && item.includes("poison"));
    const dataDir = temporaryDirectory();
    const first = await startStack({ dataDir, env: exportingTo(grafana) });

    grafana.script.push({ partial: { rejected: 2, message: "too old" } });
    await sendLogs(first, good);
    await expectLedger(first, { accepted: 7, delivered: 5, rejected: 2, parked: 0, letters: 0, inFlight: 0 });

    // Refused as a whole, one half taken, then an outage: what is left goes back into the queue as a message of its own.
    grafana.script.push({ status: 400 }, {}, { status: 503 });
    await sendLogs(first, [...good, "poison"]);
    await expectLedger(first, { accepted: 15, delivered: 12, rejected: 2, parked: 1, letters: 1, inFlight: 0 });

    grafana.behave(() => ({ status: 503 }));
    await sendLogs(first, good);
    await expectLedger(first, { accepted: 22, delivered: 12, rejected: 2, parked: 1, letters: 1, inFlight: 7 });
    await first.kill();

    const second = await startStack({ dataDir, env: exportingTo(grafana) });
    await expectLedger(second, { accepted: 0, delivered: 0, rejected: 0, parked: 0, letters: 1, inFlight: 7 });
    grafana.behave(() => undefined);
    await expectLedger(second, { accepted: 0, delivered: 7, rejected: 0, parked: 0, letters: 1, inFlight: 0 });

    isPoisonous = false;
    const env = { SLUICE_DATA_DIR: dataDir, SLUICE_STATE_DIR: temporaryDirectory() };
    const replayed = await sluice(["dead-letters", "replay", "--local", "--json"], { env });
    expect(replayed).toMatchObject({ code: 0 });
    await expectLedger(second, { accepted: 0, delivered: 8, rejected: 0, parked: 0, letters: 0, inFlight: 0 });
  });
});
