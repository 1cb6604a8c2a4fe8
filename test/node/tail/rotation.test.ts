import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tailStand, until } from "../../support/tail-stand.ts";

describe("rotation", () => {
  let stand: ReturnType<typeof tailStand>;
  beforeEach(() => {
    stand = tailStand();
  });
  afterEach(() => stand.remove());

  it("reads the rest of a file that was truncated in the copy that was made of it", async () => {
    const path = stand.file("a.log");
    writeFileSync(path, "one\n");
    const { lines, stop } = await stand.run(["a.log"], { minPollMs: 100 });
    await until(() => lines().length === 1);
    appendFileSync(path, "two\nthree\n");
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, "four\n");
    await until(() => lines().length === 4);
    appendFileSync(path, "five\n");
    await until(() => lines().length === 5);
    expect(lines()).toEqual(["one", "two", "three", "four", "five"]);
    await stop();
  });

  it("reads the rest of files that were copied and truncated while nobody read, in their order", async () => {
    const path = stand.file("a.log");
    writeFileSync(path, "one\n");
    const first = await stand.run(["a.log"]);
    await until(() => first.lines().length === 1);
    await first.stop();
    for (const text of ["two\n", "three\n"]) {
      appendFileSync(path, text);
      for (const name of readdirSync(stand.root)) if (name === "a.log.1") renameSync(`${path}.1`, `${path}.2`);
      copyFileSync(path, `${path}.1`);
      // Rotations are further apart than here.
      if (text === "two\n") utimesSync(`${path}.1`, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
      truncateSync(path);
    }
    appendFileSync(path, "four\n");
    const second = await stand.run(["a.log"]);
    await until(() => second.lines().length === 3);
    expect(second.lines()).toEqual(["two", "three", "four"]);
    await second.stop();
  });

  it("takes no older file that begins alike for the copy of one that was truncated", async () => {
    const path = stand.file("a.log");
    writeFileSync(path, "banner\nold\nolder\n");
    const { lines, kinds, stop } = await stand.run(["a.log"], { now: () => Date.now() + 60_000 });
    await until(() => lines().length === 3);
    copyFileSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, "of another file\n");
    truncateSync(path);
    await until(() => kinds().includes("truncated"));
    appendFileSync(path, "new\n");
    await until(() => lines().length === 4);
    expect(lines()).toEqual(["banner", "old", "older", "new"]);
    await stop();
  });

  it("does not read a file again that a glob finds under the name that rotation gave it", async () => {
    const path = stand.file("a.log");
    const names = () => readdirSync(stand.root).filter((name) => name.startsWith("a.log"));
    const text = (from: number) => Array.from({ length: 10 }, (_, index) => `line ${from + index}\n`).join("");
    writeFileSync(path, text(0));
    const { lines, follow, stop } = await stand.run(["a.log"]);
    for (let turn = 1; turn <= 3; turn += 1) {
      await until(() => lines().length >= turn * 10);
      for (let old = turn - 1; old >= 1; old -= 1) renameSync(`${path}.${old}`, `${path}.${old + 1}`);
      renameSync(path, `${path}.1`);
      follow(names());
      writeFileSync(path, text(turn * 10));
      follow(names());
    }
    await until(() => lines().length >= 40);
    appendFileSync(path, "last\n");
    await until(() => lines().includes("last"));
    await stop();
    expect(lines()).toEqual([
      ...text(0).trim().split("\n"),
      ...text(10).trim().split("\n"),
      ...text(20).trim().split("\n"),
      ...text(30).trim().split("\n"),
      "last",
    ]);
    // Nor does the next process.
    const next = await stand.run(names());
    appendFileSync(path, "after\n");
    await until(() => next.lines().includes("after"));
    await next.stop();
    expect(next.lines()).toEqual(["after"]);
    expect(readFileSync(`${path}.3`, "utf8")).toBe(text(0));
  });
});
