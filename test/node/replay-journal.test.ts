import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openReplayJournal } from "../../shared/node/replay-journal.ts";

const directory = mkdtempSync(join(tmpdir(), "sluice-journal-"));
const day = 86_400_000;
afterAll(() => rmSync(directory, { recursive: true }));

describe("openReplayJournal()", () => {
  it("remembers what is open for whoever comes next, and forgets what is closed", async () => {
    const path = join(directory, "a", "new");
    const first = openReplayJournal(path, 0);
    await first.write(["a", "b", "c"], "sending");
    await first.write(["b"], "sent");
    await first.write(["c"], "resent");
    await first.write(["d"], "sent");
    await first.close(["d", "nobody"]);
    const open = new Map([
      ["a", "sending"],
      ["b", "sent"],
      ["c", "resent"],
    ]);
    const second = openReplayJournal(path, 0);
    expect(await second.open()).toEqual(open);
    await second.close(["a"]);
    expect((await first.open()).size).toBe(2);
    first.dispose();
    second.dispose();
  });

  it("forgets letters that no queue keeps any longer", async () => {
    const path = join(directory, "b");
    const first = openReplayJournal(path, 0);
    await first.write(["a"], "sent");
    first.dispose();
    for (const [days, size] of [
      [14, 1],
      [16, 0],
    ] as const) {
      const later = openReplayJournal(path, days * day);
      expect((await later.open()).size).toBe(size);
      later.dispose();
    }
  });

  it("throws where it cannot be kept", () => {
    expect(() => openReplayJournal("/dev/null/journal", 0)).toThrow();
  });
});
