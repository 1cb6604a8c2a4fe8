import { appendFileSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tailStand, until } from "../../support/tail-stand.ts";

// No file is looked at again in the time of a test, unless the kernel says that it has changed.
const seldom = { minPollMs: 600_000, maxPollMs: 600_000 };

describe("a tailer that the kernel wakes", () => {
  let stand: ReturnType<typeof tailStand>;
  beforeEach(() => {
    stand = tailStand();
  });
  afterEach(() => stand.remove());

  it("reads what is appended", async () => {
    writeFileSync(stand.file("a.log"), "one\n");
    const { lines, stop } = await stand.run(["a.log"], seldom);
    await until(() => lines().length === 1);
    appendFileSync(stand.file("a.log"), "two\n");
    await until(() => lines().length === 2);
    appendFileSync(stand.file("a.log"), "three\n");
    await until(() => lines().length === 3);
    expect(lines()).toEqual(["one", "two", "three"]);
    await stop();
  });

  it("goes over to the file that comes after a rotation", async () => {
    writeFileSync(stand.file("a.log"), "one\n");
    const { lines, stop } = await stand.run(["a.log"], seldom);
    await until(() => lines().length === 1);
    renameSync(stand.file("a.log"), stand.file("a.log.1"));
    writeFileSync(stand.file("a.log"), "two\n");
    await until(() => lines().length === 2);
    appendFileSync(stand.file("a.log"), "three\n");
    await until(() => lines().length === 3);
    expect(lines()).toEqual(["one", "two", "three"]);
    await stop();
  });

  it("follows a link into another directory", async () => {
    mkdirSync(stand.file("pods"));
    writeFileSync(stand.file("pods/0.log"), "one\n");
    symlinkSync(stand.file("pods/0.log"), stand.file("a.log"));
    const { lines, stop } = await stand.run(["a.log"], seldom);
    await until(() => lines().length === 1);
    appendFileSync(stand.file("pods/0.log"), "two\n");
    await until(() => lines().length === 2);
    writeFileSync(stand.file("pods/1.log"), "three\n");
    unlinkSync(stand.file("a.log"));
    symlinkSync(stand.file("pods/1.log"), stand.file("a.log"));
    await until(() => lines().length === 3);
    await stop();
  });
});
