import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const context = mkdtempSync(join(tmpdir(), "sluice-context-"));
afterAll(() => rmSync(context, { recursive: true }));

describe("the context of the image's build", () => {
  it("has everything that the build reads", () => {
    const allowed = readFileSync(join(root, ".dockerignore"), "utf8").match(/^!(.+)$/gm) ?? [];
    for (const path of allowed.map((line) => line.slice(1)))
      cpSync(join(root, path), join(context, path), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(context, "node_modules"));
    const [, command = ""] =
      /^RUN (node infra\/build\.ts .*?) \\$/m.exec(readFileSync(join(root, "infra/daemon/Dockerfile"), "utf8")) ?? [];
    const [, ...words] = command.replace("/out", join(context, "out")).split(" ");
    execFileSync(process.execPath, words, { cwd: context, stdio: "pipe" });
    for (const name of ["index", "sluice"]) expect(existsSync(join(context, "out/daemon", `${name}.mjs`))).toBe(true);
  });
});
