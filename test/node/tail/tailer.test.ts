import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tailStand, until } from "../../support/tail-stand.ts";

let stand: ReturnType<typeof tailStand>;
beforeEach(() => {
  stand = tailStand();
});
afterEach(() => stand.remove());

describe("createTailer()", () => {
  it("reads whole lines and keeps the last one until its newline comes", async () => {
    writeFileSync(stand.file("a.log"), "a\nb\nc");
    const tail = await stand.run(["a.log"]);
    await tail.reads(["a", "b"]);
    appendFileSync(stand.file("a.log"), "d\n");
    await tail.reads(["a", "b", "cd"]);
    await tail.stop();
    expect(tail.lines()).toEqual(["a", "b", "cd"]);
    expect(tail.entries[0]?.labels).toEqual([
      { name: "filename", value: stand.file("a.log") },
      { name: "job", value: "x" },
    ]);
  });

  it("takes CRLF, empty lines, and gives equal lines times of their own", async () => {
    writeFileSync(stand.file("a.log"), "a\r\n\r\n\nb\nb\n");
    const { entries } = await stand.readAll("a.log", ["a", "", "", "b", "b"]);
    expect(new Set(entries.map(({ timeUnixNano }) => timeUnixNano)).size).toBe(5);
  });

  it("goes on where it stopped, with what was durable", async () => {
    writeFileSync(stand.file("a.log"), "a\nb\n");
    await stand.readAll("a.log", ["a", "b"]);
    appendFileSync(stand.file("a.log"), "c\n");
    await stand.readAll("a.log", ["c"]);
  });

  it("does not move a position before its lines are durable", async () => {
    writeFileSync(stand.file("a.log"), "a\nb\n");
    const tail = await stand.run(["a.log"], { hold: true });
    await tail.reads(["a", "b"]);
    const saved = JSON.parse(readFileSync(await savedFile(), "utf8"));
    expect(saved.positions.map(({ offset }: { offset: number }) => offset)).toEqual([0]);
    tail.release();
    await tail.stop();
    await stand.readAll("a.log", []);
  });

  async function savedFile(): Promise<string> {
    const file = stand.file("data/positions.json");
    await until(() => {
      try {
        return readFileSync(file, "utf8") !== "";
      } catch {
        return false;
      }
    });
    return file;
  }

  it("stops reading while too much is not durable, and goes on when there is room", async () => {
    writeFileSync(stand.file("a.log"), "x".repeat(99_999).concat("\n").repeat(20));
    const tail = await stand.run(["a.log"], { hold: true, maxFileBytesInFlight: 300_000 });
    await tail.reads(["1", "2"]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(tail.lines().length).toBeLessThan(8);
    const pump = setInterval(tail.release, 5);
    await until(() => tail.lines().length === 20);
    clearInterval(pump);
    tail.release();
    await tail.stop();
  });

  it("reads a renamed file to its end, with a last line without newline, then its successor", async () => {
    writeFileSync(stand.file("a.log"), "a\n");
    const tail = await stand.run(["a.log"]);
    await tail.reads(["a"]);
    appendFileSync(stand.file("a.log"), "b\nend");
    renameSync(stand.file("a.log"), stand.file("a.log.1"));
    writeFileSync(stand.file("a.log"), "new\n");
    await tail.reads(["a", "b", "end", "new"]);
    await tail.stop();
    expect(tail.lines()).toEqual(["a", "b", "end", "new"]);
    await stand.readAll("a.log", []);
  });

  it("reads what a writer still adds to a renamed file while its successor is empty", async () => {
    writeFileSync(stand.file("a.log"), "a\n");
    const tail = await stand.run(["a.log"]);
    await tail.reads(["a"]);
    renameSync(stand.file("a.log"), stand.file("a.log.1"));
    writeFileSync(stand.file("a.log"), "");
    await until(() => tail.kinds().includes("rotated"));
    appendFileSync(stand.file("a.log.1"), "late\n");
    await tail.reads(["a", "late"]);
    appendFileSync(stand.file("a.log"), "new\n");
    await tail.reads(["a", "late", "new"]);
    await tail.stop();
    expect(tail.lines()).toEqual(["a", "late", "new"]);
  });

  it("finds a file that was renamed while nobody read it", async () => {
    writeFileSync(stand.file("a.log"), "a\n");
    await stand.readAll("a.log", ["a"]);
    appendFileSync(stand.file("a.log"), "b\n");
    renameSync(stand.file("a.log"), stand.file("a.log.1"));
    writeFileSync(stand.file("a.log"), "c\n");
    await stand.readAll("a.log", ["b", "c"]);
  });

  it("finds files that came and were renamed while nobody read, in their order", async () => {
    writeFileSync(stand.file("a.log"), "a\n");
    await stand.readAll("a.log", ["a"]);
    for (const [index, line] of ["b", "c", "d"].entries()) {
      appendFileSync(stand.file("a.log"), `${line}\n`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      renameSync(stand.file("a.log"), stand.file(`a.log.${index + 1}`));
      writeFileSync(stand.file("a.log"), "");
    }
    writeFileSync(stand.file("a.log.bak"), "not of the log\n");
    appendFileSync(stand.file("a.log"), "e\n");
    await stand.readAll("a.log", ["b", "c", "d", "e"]);
  });

  it("reads a truncated file from its beginning", async () => {
    writeFileSync(stand.file("a.log"), "a\nb\nc\n");
    const tail = await stand.run(["a.log"]);
    await tail.reads(["a", "b", "c"]);
    copyFileSync(stand.file("a.log"), stand.file("a.log.1"));
    truncateSync(stand.file("a.log"));
    await until(() => tail.kinds().includes("truncated"));
    appendFileSync(stand.file("a.log"), "d\n");
    await tail.reads(["a", "b", "c", "d"]);
    await tail.stop();
    expect(tail.lines()).toEqual(["a", "b", "c", "d"]);
  });

  it("sees that a file was truncated and is longer again", async () => {
    writeFileSync(stand.file("a.log"), "a\n");
    const tail = await stand.run(["a.log"]);
    await tail.reads(["a"]);
    writeFileSync(stand.file("a.log"), "first\nsecond\n");
    await tail.reads(["a", "first", "second"]);
    await tail.stop();
    expect(tail.lines()).toEqual(["a", "first", "second"]);
  });

  it("reads on behind the hole that a writer leaves who does not append, and whose file was truncated", async () => {
    const holeBytes = 400_000;
    writeFileSync(stand.file("a.log"), "a\nb\n");
    const tail = await stand.run(["a.log"]);
    await tail.reads(["a", "b"]);
    truncateSync(stand.file("a.log"));
    const fd = openSync(stand.file("a.log"), "r+");
    writeSync(fd, "c\nd\n", holeBytes);
    await tail.reads(["a", "b", "c", "d"]);
    writeSync(fd, "e\n", holeBytes + 4);
    await tail.reads(["a", "b", "c", "d", "e"]);
    closeSync(fd);
    await tail.stop();
    expect(tail.lines()).toEqual(["a", "b", "c", "d", "e"]);
    const [{ offset }] = JSON.parse(readFileSync(stand.file("data/positions.json"), "utf8")).positions;
    expect(offset).toBe(holeBytes + 6);
  });

  it("begins again when another file stands there after a stop, as long or longer", async () => {
    writeFileSync(stand.file("a.log"), "a\nb\n");
    await stand.readAll("a.log", ["a", "b"]);
    rmSync(stand.file("a.log"));
    writeFileSync(stand.file("a.log"), "other\nlines\n");
    await stand.readAll("a.log", ["other", "lines"]);
  });

  it("refuses a pipe and a directory, and reads on elsewhere", async () => {
    execFileSync("mkfifo", [stand.file("pipe")]);
    mkdirSync(stand.file("directory"));
    writeFileSync(stand.file("a.log"), "a\n");
    const tail = await stand.run(["pipe", "directory", "a.log"]);
    await tail.reads(["a"]);
    await tail.stop();
    expect(tail.events.filter(({ kind }) => kind === "failed")).toHaveLength(2);
  });

  it("waits for a file that is not there, and for one that vanished", async () => {
    const tail = await stand.run(["a.log"]);
    await until(() => tail.kinds().includes("failed"));
    writeFileSync(stand.file("a.log"), "a\n");
    await tail.reads(["a"]);
    rmSync(stand.file("a.log"));
    await until(() => tail.kinds().includes("vanished"));
    writeFileSync(stand.file("a.log"), "b\n");
    await tail.reads(["a", "b"]);
    await tail.stop();
    expect(tail.lines()).toEqual(["a", "b"]);
    expect(tail.kinds().filter((kind) => kind === "failed")).toHaveLength(1);
  });

  it("reads a file to its end when it is not a target any more, and forgets its position", async () => {
    writeFileSync(stand.file("a.log"), "a\nb");
    const tail = await stand.run(["a.log"]);
    await tail.reads(["a"]);
    appendFileSync(stand.file("a.log"), "c\nd");
    tail.follow([]);
    await until(() => tail.lines().length === 3);
    await tail.stop();
    expect(tail.lines()).toEqual(["a", "bc", "d"]);
    await stand.readAll("a.log", ["a", "bc"]);
  });

  it("follows links, also to another file", async () => {
    mkdirSync(stand.file("real"));
    writeFileSync(stand.file("real/1.log"), "a\n");
    writeFileSync(stand.file("real/2.log"), "b\n");
    symlinkSync(stand.file("real/1.log"), stand.file("a.log"));
    const tail = await stand.run(["a.log"]);
    await tail.reads(["a"]);
    symlinkSync(stand.file("real/2.log"), stand.file("next"));
    renameSync(stand.file("next"), stand.file("a.log"));
    await tail.reads(["a", "b"]);
    await tail.stop();
  });

  it("begins behind the last line when it is told to", async () => {
    writeFileSync(stand.file("a.log"), "a\nb\nc");
    const tail = await stand.run(["a.log"], { fromEnd: true });
    await until(() => tail.kinds().includes("opened"));
    appendFileSync(stand.file("a.log"), "d\n");
    await tail.reads(["cd"]);
    await tail.stop();
    expect(tail.lines()).toEqual(["cd"]);
  });

  it("cuts a very long line at a character, tells, and reads on behind it", async () => {
    writeFileSync(stand.file("a.log"), `${"é".repeat(600_000)}tail\nnext\n`);
    const tail = await stand.readAll("a.log", ["é".repeat(50), "next"], { maxLineBytes: 101 });
    expect(tail.events).toContainEqual({ kind: "lines-cut", path: stand.file("a.log"), count: 1 });
    appendFileSync(stand.file("a.log"), "more\n");
    await stand.readAll("a.log", ["more"]);
  });

  it("puts U+FFFD for bytes that are not UTF-8, and tells once", async () => {
    writeFileSync(stand.file("a.log"), Buffer.from([0x61, 0xff, 0x0a, 0xfe, 0x0a]));
    const tail = await stand.readAll("a.log", ["a\ufffd", "\ufffd"]);
    expect(tail.kinds().filter((kind) => kind === "invalid-text")).toHaveLength(1);
  });

  it("reads two targets of one path with a position each", async () => {
    writeFileSync(stand.file("a.log"), "a\n");
    const tail = await stand.run([]);
    const path = stand.file("a.log");
    tail.tailer.setTargets([
      { path, labels: [{ name: "job", value: "1" }] },
      { path, labels: [{ name: "job", value: "2" }] },
    ]);
    await tail.reads(["a", "a"]);
    await tail.stop();
    expect(JSON.parse(readFileSync(stand.file("data/positions.json"), "utf8")).positions).toHaveLength(2);
  });

  it("goes on at the positions of Alloy", async () => {
    writeFileSync(stand.file("a.log"), "a\nb\nc\n");
    mkdirSync(stand.file("data"));
    const yaml = `positions:\n    ? path: ${stand.file("a.log")}\n      labels: '{job="x"}'\n    : "4"\n`;
    writeFileSync(stand.file("data/positions.yml"), yaml);
    await stand.readAll("a.log", ["c"]);
  });
});
