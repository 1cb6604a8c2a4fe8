import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { architectureOf, stripElf } from "../../infra/daemon/strip-elf.ts";

describe("stripElf()", () => {
  it.skipIf(process.platform !== "linux")(
    "leaves a Node that runs, smaller (skipped where programs are not ELF)",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "sluice-strip-"));
      try {
        const whole = readFileSync(process.execPath);
        const stripped = stripElf(whole);
        expect(stripped.length).toBeLessThanOrEqual(whole.length);
        expect(Buffer.compare(stripElf(stripped), stripped)).toBe(0);
        writeFileSync(join(folder, "node"), stripped, { mode: 0o755 });
        const script = "console.log(process.version, new Intl.NumberFormat('de').format(1.5))";
        expect(execFileSync(join(folder, "node"), ["-e", script], { encoding: "utf8" })).toBe(
          `${process.version} 1,5\n`,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["a script", Buffer.from("#!/bin/sh\n".padEnd(80))],
    ["a program of 32 bits", Buffer.from("7f454c460101".padEnd(128, "0"), "hex")],
  ])("refuses %s", (_, bytes) => {
    expect(() => stripElf(bytes)).toThrow("This is not a 64-bit little-endian ELF file.");
  });

  it("refuses a program that is cut short", () => {
    const head = Buffer.from("7f454c460201".padEnd(128, "0"), "hex");
    head.writeBigUInt64LE(64n, 0x20);
    head.writeUInt16LE(56, 0x36);
    head.writeUInt16LE(1, 0x38);
    expect(() => stripElf(head)).toThrow("This ELF file is cut short.");
  });
});

describe("architectureOf()", () => {
  it.each([
    ["amd64", 0x3e],
    ["arm64", 0xb7],
    [undefined, 0xf3],
  ])("knows %s by its number", (name, machine) => {
    const head = Buffer.from("7f454c460201".padEnd(128, "0"), "hex");
    head.writeUInt16LE(machine, 0x12);
    expect(architectureOf(head)).toBe(name);
  });

  it("says nothing of a script", () => {
    expect(architectureOf(Buffer.from("#!/bin/sh\n".padEnd(80)))).toBeUndefined();
  });
});
