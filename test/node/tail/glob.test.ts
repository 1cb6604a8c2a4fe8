import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { expandBraces, expandGlob, globMatcher, isGlob } from "../../../shared/node/tail/glob.ts";

const root = mkdtempSync(join(tmpdir(), "glob-"));
afterAll(() => rmSync(root, { recursive: true }));
for (const directory of ["a/b/c", "d", "linked"]) mkdirSync(join(root, directory), { recursive: true });
for (const file of [
  "x.log",
  "y.log",
  "y.txt",
  ".hidden.log",
  "a/x.log",
  "a/b/x.log",
  "a/b/c/x.log",
  "d/1.log",
  "d/2.log",
]) {
  writeFileSync(join(root, file), "");
}
symlinkSync(join(root, "x.log"), join(root, "link.log"));
symlinkSync(join(root, "a"), join(root, "linked", "a"));

describe("expandGlob()", () => {
  it.each([
    ["*.log", [".hidden.log", "link.log", "x.log", "y.log"]],
    ["?.log", ["x.log", "y.log"]],
    ["[x]*.log", ["x.log"]],
    ["y.{log,txt}", ["y.log", "y.txt"]],
    ["{d/1,a/x}.log", ["a/x.log", "d/1.log"]],
    ["a/**/x.log", ["a/b/c/x.log", "a/b/x.log", "a/x.log"]],
    ["d/**", ["d/1.log", "d/2.log"]],
    ["*/b/*.log", ["a/b/x.log"]],
    ["linked/**/x.log", []],
    ["linked/a/*.log", ["linked/a/x.log"]],
    ["x.log", ["x.log"]],
    ["none/*.log", []],
    ["*", [".hidden.log", "link.log", "x.log", "y.log", "y.txt"]],
  ])("finds %s", async (pattern, files) => {
    expect(await expandGlob(join(root, pattern), 100)).toEqual(files.map((file) => join(root, file)));
  });

  it("stops at its limit", async () => {
    expect(await expandGlob(join(root, "**/*.log"), 2)).toHaveLength(2);
  });
});

describe("globMatcher()", () => {
  it("keeps a star inside its segment", () => {
    const matches = globMatcher("/var/log/*.log");
    expect([matches("/var/log/a.log"), matches("/var/log/a/b.log")]).toEqual([true, false]);
    expect(globMatcher("/var/**/b.log")("/var/log/a/b.log")).toBe(true);
  });
});

describe("expandBraces()", () => {
  it("nests, and leaves braces alone that have no pair", () => {
    expect(expandBraces("a{b,c{d,e}}f")).toEqual(["abf", "acdf", "acef"]);
    expect(expandBraces("a{b")).toEqual(["a{b"]);
  });
});

describe("isGlob()", () => {
  it("knows globs from paths", () => {
    expect(["/a/b.log", "/a/*.log", "/a/{b}", "/a/[b]", "/a?"].map(isGlob)).toEqual([false, true, true, true, true]);
  });
});
