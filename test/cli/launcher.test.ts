import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../../cli/sluice.js", import.meta.url));
/** Makes this Node say that it is an old one, before the program starts. */
const old = `data:text/javascript,${encodeURIComponent(
  'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })',
)}`;

describe("cli/sluice.js", () => {
  test("runs in this process on Node 24", () => {
    const { stdout, status } = spawnSync(process.execPath, [program, "version", "--json"], { encoding: "utf8" });
    expect({ status, node: JSON.parse(stdout).node }).toEqual({ status: 0, node: process.versions.node });
  });

  test("runs itself with the pinned Node on an old one, and passes the exit code on", () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["--import", old, program, ...args], { encoding: "utf8" });
    expect(run("version").stdout).toMatch(/node 24\./);
    expect(run("no-such-command")).toMatchObject({ status: 2, stdout: "" });
  });

  test("ends quietly when its reader has had enough", async () => {
    const child = spawn(process.execPath, [program, "config", "list", "--local"], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH },
    });
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    const [code] = await once(child, "close");
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});
