import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileTree } from "../../../shared/node/procfs/file-tree.ts";
import { createHost } from "../../../shared/node/procfs/host.ts";
import { runProgram } from "../../../shared/node/procfs/run-program.ts";
import { timeZone } from "../../../shared/node/procfs/time-zone.ts";
import { createUsage } from "../../../shared/node/procfs/usage.ts";

let directory: string;
const zone = process.env.TZ;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-procfs-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe("createFileTree()", () => {
  it("reads files and lists directories by their kind", () => {
    mkdirSync(join(directory, "b"));
    writeFileSync(join(directory, "a"), "text\n");
    symlinkSync("b", join(directory, "link"));
    const tree = createFileTree(`${directory}/`);
    expect(tree.read("a")).toBe("text\n");
    expect(tree.list("")).toEqual(["a", "b", "link"]);
    expect(tree.listFiles("")).toEqual(["a"]);
    expect(tree.listDirectories("")).toEqual(["b"]);
    expect(tree.resolve("link")).toBe(join(directory, "b"));
    expect(tree.modified("a")).toBeGreaterThan(1_700_000_000);
  });

  it("gives nothing for what is not there", () => {
    const tree = createFileTree(directory);
    expect([tree.read("x"), tree.list("x"), tree.listFiles("x"), tree.resolve("x"), tree.modified("x")]).toEqual(
      Array.from({ length: 5 }),
    );
    writeFileSync(join(directory, "file"), "");
    expect(tree.read("file/below")).toBeUndefined();
  });

  it.skipIf(process.getuid?.() === 0)("says why a file cannot be read", () => {
    writeFileSync(join(directory, "secret"), "");
    chmodSync(join(directory, "secret"), 0);
    expect(() => createFileTree(directory).read("secret")).toThrow("EACCES");
  });

  it("says that a directory is not a file", () => {
    expect(() => createFileTree("/").read("tmp")).toThrow("cannot read /tmp: EISDIR");
  });
});

describe("createUsage()", () => {
  it("gives the usage of a mount point and the system's words for one that fails", async () => {
    const usage = createUsage("");
    const root = await usage("/", 5000);
    expect(root.kind === "usage" && root.usage.size).toBeGreaterThan(root.kind === "usage" ? root.usage.free : 0);
    expect(await usage("/nowhere/at/all", 5000)).toEqual({ kind: "failed", reason: "no such file or directory" });
  });
});

describe("timeZone()", () => {
  it.each([
    ["UTC", "2026-07-01", { name: "UTC", offsetSeconds: 0 }],
    ["Europe/Berlin", "2026-07-01", { name: "CEST", offsetSeconds: 7200 }],
    ["Europe/Berlin", "2026-01-01", { name: "CET", offsetSeconds: 3600 }],
    ["America/New_York", "2026-01-01", { name: "EST", offsetSeconds: -18_000 }],
  ])("in %s at %s", (name, date, expected) => {
    process.env.TZ = name;
    expect(timeZone(new Date(`${date}T12:00:00Z`))).toEqual(expected);
  });
});

describe("runProgram()", () => {
  it("tells what printed, failed and is missing apart", async () => {
    expect(await runProgram("echo", ["a b"])).toEqual({ kind: "printed", text: "a b\n" });
    expect(await runProgram("false", [])).toEqual({ kind: "failed" });
    expect(await runProgram("sluice-no-such-program", [])).toEqual({ kind: "missing" });
  });
});

describe("createHost()", () => {
  it("knows the page size and the system", () => {
    const host = createHost({ procfs: "/proc", sysfs: "/sys", rootfs: "/", udevData: "/run/udev/data" });
    expect([4096, 16_384, 65_536]).toContain(host.pageSize);
    expect(host.uname().sysname).toBe("Linux");
    expect(host.addresses().some(({ address, prefixLength }) => address === "127.0.0.1" && prefixLength === 8)).toBe(
      true,
    );
  });
});
