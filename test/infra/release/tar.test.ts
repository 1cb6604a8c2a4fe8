import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ar } from "../../../infra/release/debian/ar.ts";
import { type TarEntry, tar } from "../../../infra/release/tar.ts";

const bytes = (text: string) => Buffer.from(text);

describe("tar()", () => {
  it("writes what tar reads: files, folders, links, permissions, times", () => {
    const entries: readonly TarEntry[] = [
      { kind: "link", path: "b/link", target: "../a" },
      { kind: "file", path: "b/run", bytes: bytes("#!/bin/sh\n"), mode: 0o755 },
      { kind: "file", path: "a", bytes: bytes("x".repeat(1000)) },
      { kind: "folder", path: "b" },
    ];
    const listing = execFileSync("tar", ["-tvf", "-"], {
      input: tar(entries, 86_400),
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC" },
    });
    expect(listing.split("\n").map((line) => line.replaceAll(/ +/g, " "))).toEqual([
      "-rw-r--r-- root/root 1000 1970-01-02 00:00 a",
      "drwxr-xr-x root/root 0 1970-01-02 00:00 b/",
      "lrwxrwxrwx root/root 0 1970-01-02 00:00 b/link -> ../a",
      "-rwxr-xr-x root/root 10 1970-01-02 00:00 b/run",
      "",
    ]);
  });

  it("refuses a name that does not fit", () => {
    expect(() => tar([{ kind: "file", path: "x".repeat(101), bytes: bytes("") }], 0)).toThrow(
      "more than the 100 bytes",
    );
  });
});

describe("ar()", () => {
  it("writes what ar reads, members of odd length too", () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-ar-"));
    const file = join(folder, "a.ar");
    const members = { one: "1", two: "22", three: "333" };
    writeFileSync(
      file,
      ar(
        Object.entries(members).map(([name, text]) => ({ name, bytes: bytes(text) })),
        0,
      ),
    );
    for (const [name, text] of Object.entries(members)) {
      expect(execFileSync("ar", ["p", file, name], { encoding: "utf8" })).toBe(text);
    }
    rmSync(folder, { recursive: true });
  });
});
