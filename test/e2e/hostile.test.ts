import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { hostileBodies } from "../support/http/hostile-bodies.ts";

const run = promisify(execFile);
const child = fileURLToPath(new URL("../support/http/hostile-child.ts", import.meta.url));
/** Of processor time. */
const maxMs = 1000;
/** The limit of 64 MiB, the window of 8 MB that zstd may ask for, and room for the rest. */
const maxGrownMb = 64 + 8 + 32;

describe("Hostile bodies of at most 1 MB cost neither a second of the processor nor more memory than the limit allows", () => {
  it.each(Object.entries(hostileBodies))("%s", async (name, { status }) => {
    const { stdout } = await run(process.execPath, [child, name], { timeout: 60_000 });
    const measured = JSON.parse(stdout) as { status: number; ms: number; grownMb: number };
    expect([status].flat()).toContain(measured.status);
    expect(measured.ms).toBeLessThan(maxMs);
    expect(measured.grownMb).toBeLessThan(maxGrownMb);
  });
});
