import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../infra/bundle.ts";
import { createOtlpClients } from "../support/clients/otlp-clients.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";

const root = join(import.meta.dirname, "../..");
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
let world: DaemonWorld;
let folder: string;

beforeAll(async () => {
  world = await createDaemonWorld();
  const { file, beside } = await bundle("daemon", mkdtempSync(join(tmpdir(), "sluice-build-")));
  folder = join(mkdtempSync(join(tmpdir(), "sluice-root-")), "sluice");
  mkdirSync(folder);
  chmodSync(join(folder, ".."), 0o755);
  for (const name of ["index.cjs", ...beside]) {
    copyFileSync(join(dirname(file), name), join(folder, name));
    chmodSync(join(folder, name), 0o444);
  }
  chmodSync(folder, 0o555);
});
afterAll(async () => {
  await world.close();
  chmodSync(folder, 0o755);
  rmSync(join(folder, ".."), { recursive: true });
});

describe("the container's program", () => {
  it("runs alone: another user, a read-only folder, no home, no node_modules, two workers", async () => {
    const file = join(folder, "index.cjs");
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

  it.skipIf(!canIsolate())("needs no capability, no writable disk and no executable /tmp", () => {
    const { stdout, stderr } = spawnSync("unshare", ["-m", "sh", "-ec", isolated], {
      env: { PATH: process.env.PATH, FOLDER: folder, NODE: process.execPath, ENDPOINT: world.grafana.endpoint },
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(stdout, stderr).toMatch(
      /"server.ready".*CapBnd:\s+0{16}.*healthy\nhealth 0\n.*"server.stopped".*exit 0\n$/s,
    );
  });

  it("is started as the image starts it", () => {
    const image = readFileSync(join(root, "infra/daemon/Dockerfile"), "utf8");
    expect(image).toMatch(/^USER 65532:65532$/m);
    expect(image).toMatch(/^ENTRYPOINT \["node", "--no-concurrent-recompilation", "\/sluice\/index.cjs"\]$/m);
    expect(image).toMatch(/CMD \["node", "\/sluice\/index.cjs", "health"\]$/m);
    const task = readFileSync(join(root, "infra/daemon.yml"), "utf8");
    expect(task).toContain("Command: [CMD, node, /sluice/index.mjs, health]");
    expect(task).toContain('User: "65532:65532"');
  });
});

/** What the task definition asks of the container, with the kernel's own means. */
const isolated = `
  touch "$FOLDER/node" && mount --bind "$NODE" "$FOLDER/node" && mount --rbind "$FOLDER" /mnt && mount -o remount,bind,ro /mnt
  mount -t tmpfs -o noexec,nosuid,nodev tmpfs /tmp
  cd /mnt
  export GRAFANA_CLOUD_OTLP_ENDPOINT=$ENDPOINT GRAFANA_CLOUD_INSTANCE_ID=1 GRAFANA_CLOUD_API_KEY=x
  export SLUICE_GRPC_PORT=0 SLUICE_HTTP_PORT=0 SLUICE_ADMIN_PORT=0
  setpriv --reuid=65532 --regid=65532 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs ./node index.cjs > /tmp/log &
  for try in $(seq 100); do grep -q server.ready /tmp/log && break; sleep 0.1; done
  cat /tmp/log; grep CapBnd /proc/$!/status
  SLUICE_ADMIN_PORT=$(sed -n 's/.*admin on [^ ]*:\\([0-9]*\\)".*/\\1/p' /tmp/log) ./node index.cjs health; echo "health $?"
  kill -TERM $!; wait $! && code=0 || code=$?
  cat /tmp/log; echo "exit $code"
`;

function canIsolate(): boolean {
  return isRoot && spawnSync("unshare", ["-m", "setpriv", "--version"]).status === 0;
}

function nodeOptions(): string {
  const image = readFileSync(join(root, "infra/daemon/Dockerfile"), "utf8");
  return /NODE_OPTIONS=(\S+)/.exec(image)?.[1] ?? "";
}

function health(admin: string) {
  const env = { PATH: process.env.PATH, SLUICE_ADMIN_PORT: new URL(admin).port };
  return spawnSync(process.execPath, [join(folder, "index.cjs"), "health"], { env, encoding: "utf8" });
}
