import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPositions } from "../../../shared/node/tail/positions.ts";

describe("openPositions()", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "positions-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("does not grow with every cursor of a journal", async () => {
    const positions = await openPositions(directory);
    for (let cursor = 0; cursor < 100; cursor += 1)
      positions.set("cursor-journal", "", { offset: 0, file: `c${cursor}` });
    await positions.save();
    expect(JSON.parse(readFileSync(join(directory, "positions.json"), "utf8")).positions).toHaveLength(1);
    expect(positions.ofFile("", "c98")).toBeUndefined();
  });

  it("takes the cursors of Alloy over: containers by second, pods by microsecond, the journal by its own words", async () => {
    const entries = [
      ["cursor-abc", `'{container="web", job="docker"}'`, '"1700000007"'],
      ["cursor-abc", `'{container="web"}'`, '"1700000005"'],
      ["cursor-shop/web-1:app:uid", `'{instance="shop/web-1:app"}'`, '"1700000005123456"'],
      ["cursor-loki.source.journal.read", '""', "s=0a1b;i=2f;b=3c;m=4d;t=5e;x=6f"],
    ];
    const lines = entries.map(
      ([path, labels, value]) => `    ? path: ${path}\n      labels: ${labels}\n    : ${value}\n`,
    );
    writeFileSync(join(directory, "positions.yml"), `positions:\n${lines.join("")}`);
    const positions = await openPositions(directory);
    expect(positions.get("cursor-abc", "")).toEqual({ offset: 1_700_000_005 });
    expect(positions.get("cursor-shop/web-1:app:uid", "")).toEqual({ offset: 1_700_000_005 });
    expect(positions.get("cursor-loki.source.journal.read", "")?.file).toBe("s=0a1b;i=2f;b=3c;m=4d;t=5e;x=6f");
  });

  it("says when there is something to save, at once if there is", async () => {
    const positions = await openPositions(directory);
    const told: string[] = [];
    positions.whenChanged(() => told.push("first"));
    positions.set("/a.log", "{}", { offset: 1 });
    positions.set("/a.log", "{}", { offset: 2 });
    positions.whenChanged(() => told.push("second"));
    await positions.save();
    positions.whenChanged(() => told.push("third"));
    expect(told).toEqual(["first", "second"]);
    positions.delete("/a.log", "{}");
    expect(told).toEqual(["first", "second", "third"]);
  });

  it("knows how far a file came that has left its path, after a restart too", async () => {
    const before = await openPositions(directory);
    before.set("/a.log", "{}", { offset: 7, file: "1:1:1" });
    before.setOfFile("{}", { offset: 9, file: "1:1:1" });
    before.set("/a.log", "{}", { offset: 0, file: "1:2:1" });
    await before.save();
    const after = await openPositions(directory);
    expect(after.ofFile("{}", "1:1:1")?.offset).toBe(9);
    expect(after.get("/a.log", "{}")?.file).toBe("1:2:1");
    expect(after.get("", "{}")).toBeUndefined();
  });
});
