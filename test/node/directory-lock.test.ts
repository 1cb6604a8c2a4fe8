import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { lockDirectory } from "../../shared/node/directory-lock.ts";

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "sluice-lock-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("lockDirectory()", () => {
  it("creates the directory and gives it to one holder at a time", () => {
    const path = join(directory(), "deep", "down");
    const lock = lockDirectory(path);
    expect(lock).toBeDefined();
    expect(lockDirectory(path)).toBeUndefined();
    lock?.release();
    const again = lockDirectory(path);
    expect(again).toBeDefined();
    again?.release();
  });

  it("is released when its process is killed", async () => {
    const path = directory();
    const script = `
      const { lockDirectory } = await import(${JSON.stringify(join(import.meta.dirname, "../../shared/node/directory-lock.ts"))});
      console.log(lockDirectory(${JSON.stringify(path)}) !== undefined);
      setInterval(() => {}, 1000);`;
    const child = spawn("node", ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [said] = await once(child.stdout, "data");
    expect(String(said)).toBe("true\n");
    expect(lockDirectory(path)).toBeUndefined();
    child.kill("SIGKILL");
    await once(child, "exit");
    const lock = lockDirectory(path);
    expect(lock).toBeDefined();
    lock?.release();
  });
});
