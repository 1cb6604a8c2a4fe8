import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../infra/bundle.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon-world.ts";
import { createOtlpClients } from "../support/otlp-clients.ts";

const root = join(import.meta.dirname, "../..");
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
let world: DaemonWorld;
let folder: string;

beforeAll(async () => {
  world = await createDaemonWorld();
  const { file } = await bundle("daemon", mkdtempSync(join(tmpdir(), "sluice-build-")));
  folder = join(mkdtempSync(join(tmpdir(), "sluice-root-")), "sluice");
  mkdirSync(folder);
  copyFileSync(file, join(folder, "index.mjs"));
  chmodSync(join(folder, ".."), 0o755);
  chmodSync(join(folder, "index.mjs"), 0o444);
  chmodSync(folder, 0o555);
});
afterAll(async () => {
  await world.close();
  chmodSync(folder, 0o755);
  rmSync(join(folder, ".."), { recursive: true });
});

describe("the container's program", () => {
  it("runs alone: another user, a read-only folder, no home, no node_modules, two workers", async () => {
    const file = join(folder, "index.mjs");
    const user = isRoot ? { uid: nobody, gid: nobody } : {};
    const env = { SLUICE_WORKERS: "2", HOME: "/nonexistent", TMPDIR: "/nonexistent", NODE_OPTIONS: nodeOptions() };
    const daemon = await world.start(env, { file, cwd: folder, ...user });
    const clients = createOtlpClients(daemon);
    for (const client of clients) expect(await client.send([client.label]), client.label).toBe(true);
    for (const client of clients) await client.close();
    expect(health(daemon.admin).status).toBe(0);
    expect(await daemon.end("SIGTERM")).toBe(0);
    expect(health(daemon.admin)).toMatchObject({ status: 1, stdout: expect.stringContaining("not healthy") });
  });

  it("is started as the image starts it", () => {
    const image = readFileSync(join(root, "infra/daemon/Dockerfile"), "utf8");
    expect(image).toMatch(/^USER 65532:65532$/m);
    expect(image).toMatch(/^ENTRYPOINT \["node", "\/sluice\/index.mjs"\]$/m);
    expect(image).toMatch(/CMD \["node", "\/sluice\/index.mjs", "health"\]$/m);
    const task = readFileSync(join(root, "infra/daemon.yml"), "utf8");
    expect(task).toContain("Command: [CMD, node, /sluice/index.mjs, health]");
    expect(task).toContain('User: "65532:65532"');
  });
});

function nodeOptions(): string {
  const image = readFileSync(join(root, "infra/daemon/Dockerfile"), "utf8");
  return /NODE_OPTIONS=(\S+)/.exec(image)?.[1] ?? "";
}

function health(admin: string) {
  const env = { PATH: process.env.PATH, SLUICE_ADMIN_PORT: new URL(admin).port };
  return spawnSync(process.execPath, [join(folder, "index.mjs"), "health"], { env, encoding: "utf8" });
}
