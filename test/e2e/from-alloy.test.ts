import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/from-alloy.md"), "utf8");

/** Commands of the page that need what is not here: a host with systemd as process 1, which debian-package.test.ts stands in for. */
const elsewhere = /^(sudo |journalctl )/;

const commands = [...page.matchAll(/^```console\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
  [...block.matchAll(/^\$ (.*)$/gm)].map(([, line = ""]) => line.replace(/ {2,}#.*$/, "")),
);
const here = commands.filter((command) => !elsewhere.test(command));
const isRun = (command: string) => command.startsWith("npx sluice run");
const before = here.slice(0, here.findIndex(isRun));
const during = here.slice(here.findIndex(isRun) + 1);

const folder = mkdtempSync(join(tmpdir(), "sluice-walk-"));
writeFileSync(join(folder, "config.alloy"), 'logging {\n\tlevel = "info"\n}\n');
afterAll(() => rmSync(folder, { recursive: true }));

/** The shell's outcome; the command line is that of this repository, and the port a free one. */
function run(command: string, port: number): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile("bash", ["-o", "pipefail", "-c", asHere(command, port)], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

const env = { PATH: process.env.PATH, HOME: folder };

function asHere(command: string, port: number): string {
  return command
    .replace("npx sluice", `exec node '${join(root, "cli/sluice.js")}'`)
    .replace(/(localhost|127\.0\.0\.1):12345/, `127.0.0.1:${port}`);
}

describe("docs/from-alloy.md, command by command", () => {
  it("has commands before, during and after the first run", () => {
    expect(before.length).toBeGreaterThan(1);
    expect(during.length).toBeGreaterThan(4);
    expect(commands.length).toBeGreaterThan(here.length);
  });

  it.each(before)("%s", async (command) => {
    expect(await run(command, 0)).toMatchObject({ code: 0 });
  });

  it("runs, answers every command of the second terminal, and stops", async () => {
    const port = await freePort();
    const words = ["-c", asHere(here.find(isRun) ?? "", port)];
    const child = spawn("bash", words, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => {
      log += chunk;
    });
    await expect.poll(() => log).toContain("Sluice is running");
    for (const command of during) {
      const { code, output } = await run(command, port);
      expect(code, `${command}\n${output}`).toBe(0);
      expect(output, command).not.toBe("");
    }
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
