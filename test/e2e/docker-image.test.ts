import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOtlpClients } from "../support/clients/otlp-clients.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { canRunDockerd, type Dockerd, startDockerd } from "../support/docker/dockerd.ts";
import { buildSluiceImage, type SluiceImage } from "../support/docker/sluice-image.ts";
import { freePort } from "../support/free-port.ts";

/** As the owners of docker-agent harden it, and more: nothing that they add is needed. */
const hardened = [
  "--network=host",
  "--read-only",
  "--cap-drop=ALL",
  "--security-opt=no-new-privileges:true",
  "--tmpfs=/tmp:rw,size=64m,noexec,nosuid,nodev",
  "--memory=256m",
];

describe.skipIf(!canRunDockerd)("the image, built in a real engine (skipped without dockerd, busybox and root)", () => {
  let engine: Dockerd;
  let image: SluiceImage;
  let grafana: FakeGrafana;
  const folder = mkdtempSync(join(tmpdir(), "sluice-image-test-"));

  beforeAll(async () => {
    engine = await startDockerd("overlay2");
    image = await buildSluiceImage(engine);
    grafana = await startFakeGrafana();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "config.alloy"), 'logging {\nlevel = "info"\n}\n');
  }, 120_000);
  afterAll(async () => {
    await engine?.stop();
    await grafana?.close();
    rmSync(folder, { recursive: true });
  });

  const inspect = (name: string, format: string) => engine.docker("inspect", `--format=${format}`, name);
  const logs = (name: string) => engine.docker("logs", name);

  it("has less than 122 MB, with compiled code, and runs as nobody in particular", () => {
    expect(image.bytes).toBeLessThan(122e6);
    const run = ["run", "--rm", "--network=host", "--entrypoint=ls", image.name];
    expect(engine.docker(...run, "/sluice/code.cache")).toBe("/sluice/code.cache");
    expect(inspect(image.name, "{{.Config.User}}")).toBe("65532:65532");
  });

  it("is the daemon without a word: healthy, hardened, and drained by docker stop", async () => {
    const [grpcPort, httpPort, adminPort] = [await freePort(), await freePort(), await freePort()];
    const settings = {
      SLUICE_HOST: "127.0.0.1",
      SLUICE_GRPC_PORT: grpcPort,
      SLUICE_HTTP_PORT: httpPort,
      SLUICE_ADMIN_PORT: adminPort,
      GRAFANA_CLOUD_OTLP_ENDPOINT: grafana.endpoint,
      GRAFANA_CLOUD_INSTANCE_ID: grafana.instanceId,
      GRAFANA_CLOUD_API_KEY: grafana.apiKey,
    };
    const env = Object.entries(settings).map(([name, value]) => `--env=${name}=${value}`);
    engine.docker("run", "--detach", "--name=daemon", "--health-interval=1s", ...hardened, ...env, image.name);
    await expect.poll(() => inspect("daemon", "{{.State.Health.Status}}")).toBe("healthy");
    const clients = createOtlpClients({ grpcPort, httpPort });
    for (const client of clients) expect(await client.send([client.label]), client.label).toBe(true);
    for (const client of clients) await client.close();
    await engine.dockerLater("stop", "--time=20", "daemon");
    expect(inspect("daemon", "{{.State.ExitCode}}")).toBe("0");
    expect(logs("daemon")).toContain("server.stopped");
  });

  it.each([
    {
      seed: "docker-agent",
      flags: ["run", "--server.http.listen-addr=0.0.0.0:PORT", "--storage.path=/var/lib/alloy/data", "FILE"],
    },
    {
      seed: "Grafana's chart",
      flags: [
        "run",
        "FILE",
        "--storage.path=/tmp/alloy",
        "--server.http.listen-addr=0.0.0.0:PORT",
        "--server.http.ui-path-prefix=/",
        "--disable-reporting",
        "--stability.level=experimental",
      ],
    },
  ])("runs with the flags of $seed, and answers to alloy inside", async ({ seed, flags }) => {
    const port = await freePort();
    const file = "/etc/alloy/config.alloy";
    const words = flags.map((flag) => flag.replace("PORT", String(port)).replace("FILE", file));
    const name = seed.replaceAll(/\W/g, "");
    const mounts = [`--volume=${folder}:/etc/alloy:ro`, `--volume=${name}-data:/var/lib/alloy/data`];
    const env = [`--env=SLUICE_ADMIN_PORT=${port}`, "--env=ALLOY_DEPLOY_MODE=docker"];
    engine.docker(
      "run",
      "--detach",
      `--name=${name}`,
      "--health-interval=1s",
      ...hardened,
      ...env,
      ...mounts,
      image.name,
      ...words,
    );
    await expect.poll(() => inspect(name, "{{.State.Health.Status}}")).toBe("healthy");
    const inside = (...command: string[]) => engine.docker("exec", name, ...command);
    expect(inside("alloy", "fmt", file)).toBe('logging {\n\tlevel = "info"\n}');
    expect(inside("alloy", "--version")).toMatch(/^sluice, version v\d/);
    expect(inside("/bin/alloy", "validate", file)).toBe("");
    expect(inside("sluice", "version")).toContain("node 24.");
    expect(inside("cat", file)).toContain("logging");
    expect(inside("id", "-u")).toBe("65532");
    await engine.dockerLater("stop", "--time=20", name);
    expect(inspect(name, "{{.State.ExitCode}}")).toBe("0");
  });
});
