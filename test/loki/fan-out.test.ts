import { describe, expect, it } from "vitest";
import { fanOut } from "../../shared/loki/fan-out.ts";
import { noLabels } from "../../shared/loki/labels.ts";
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

  it("is durable at once without receivers", async () => {
    await expect(fanOut([]).consume([entry])).resolves.toBeUndefined();
  });
});
