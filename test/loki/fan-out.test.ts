import { describe, expect, it } from "vitest";
import type { EntryReceiver } from "../../shared/loki/entry-receiver.ts";
import { fanOut } from "../../shared/loki/fan-out.ts";
import { noLabels } from "../../shared/loki/labels.ts";
import { lendLines } from "../support/lend-lines.ts";
import { recordingEntries } from "../support/recording-entries.ts";

const entry = { labels: noLabels, timeUnixNano: 1n, line: "x", metadata: [] };

describe("fanOut()", () => {
  it("gives every entry to everyone and is durable when all are", async () => {
    const [quick, slow] = [recordingEntries(), recordingEntries({ hold: true })];
    let durable = false;
    const done = fanOut([quick.receiver, slow.receiver])
      .consume([entry])
      .then(() => (durable = true));
    await Promise.resolve();
    expect([quick.entries, slow.entries, durable]).toEqual([[entry], [entry], false]);
    slow.release();
    await done;
    expect(durable).toBe(true);
  });

  it("lends to those who take it, and gives entries of their own to the others", async () => {
    const [lending, owning] = [recordingEntries(), recordingEntries()];
    const changing: EntryReceiver = {
      ...lending.receiver,
      lend() {
        const lent = lending.lending.lend?.();
        return (
          lent && {
            add(entry) {
              entry.line = `changed ${entry.line}`;
              lent.add(entry);
            },
            end: () => lent.end(),
          }
        );
      },
    };
    await lendLines(fanOut([changing, owning.receiver]), ["a", "b"]);
    expect(lending.entries.map(({ line }) => line)).toEqual(["changed a", "changed b"]);
    expect(owning.entries.map(({ line, timeUnixNano }) => [line, timeUnixNano])).toEqual([
      ["a", 0n],
      ["b", 1n],
    ]);
  });

  it("lends nothing while nobody takes it", () => {
    const [one, other] = [recordingEntries(), recordingEntries()];
    expect(fanOut([one.receiver, other.receiver]).lend?.()).toBeUndefined();
  });

  it("is not durable before everyone is", async () => {
    const [quick, slow] = [recordingEntries(), recordingEntries({ hold: true })];
    let durable = false;
    const done = lendLines(fanOut([quick.lending, slow.lending]), ["a"]).then(() => (durable = true));
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect(durable).toBe(false);
    slow.release();
    await done;
  });

  it("is durable at once without receivers", async () => {
    await expect(fanOut([]).consume([entry])).resolves.toBeUndefined();
  });
});
