import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { dockerTargets } from "../../shared/discovery/docker.ts";
import { objectOf, objectsOf } from "../../shared/discovery/json.ts";
import { createDockerClient } from "../../shared/node/docker/docker-client.ts";
import { canRunDockerd, type Dockerd, startDockerd } from "../support/docker/dockerd.ts";

/** What Prometheus adds to every target, whoever found it. */
const added = /^(__metrics_path__|__scheme__|__scrape_.*|__.*_histograms.*__|__always_scrape.*|job)$/;

describe.skipIf(!canRunDockerd || !peers.prometheus)("targets of Docker beside Prometheus' docker_sd_configs", () => {
  let engine: Dockerd;
  let prometheus: ChildProcess;
  let directory: string;
  let url: string;

  beforeAll(async () => {
    engine = await startDockerd();
    const run = (...args: string[]) => engine.docker("run", "-d", ...args);
    engine.docker("network", "create", "--label", "team.name=x", "one");
    engine.docker("network", "create", "--internal", "two");
    run(
      "--name",
      "web",
      "--network",
      "one",
      "--label",
      "a.b/c=d",
      "--expose",
      "80",
      "--expose",
      "53/udp",
      "box",
      "sleep",
      "100",
    );
    run("--name", "both", "--network", "two", "box", "sleep", "100");
    engine.docker("network", "connect", "one", "both");
    run("--name", "hosted", "--network", "host", "box", "sleep", "100");
    run("--name", "side", "--network", "container:web", "box", "sleep", "100");
    run("--name", "alone", "--network", "none", "box", "sleep", "100");
    directory = mkdtempSync(join(tmpdir(), "sluice-prometheus-"));
    writeFileSync(
      join(directory, "prometheus.yml"),
      JSON.stringify({
        scrape_configs: [
          {
            job_name: "docker",
            docker_sd_configs: [{ host: engine.host }],
            // Without a label of their own, targets at the same address would count as one.
            relabel_configs: [{ source_labels: ["__meta_docker_container_name"], target_label: "container" }],
          },
        ],
      }),
    );
    const port = await freePort();
    url = `http://127.0.0.1:${port}/api/v1/targets`;
    const flags = [
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    prometheus = spawn(peers.prometheus ?? "", flags, { stdio: "ignore" });
  });
  afterAll(async () => {
    prometheus?.kill("SIGKILL");
    if (prometheus) await once(prometheus, "exit");
    await engine?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("has the same targets with the same labels", async () => {
    const theirs = await vi.waitFor(
      async () => {
        const found = await discovered();
        expect(found.length).toBeGreaterThanOrEqual(5);
        return found;
      },
      { timeout: 30_000, interval: 200 },
    );
    const client = createDockerClient({ url: engine.host });
    const [containers, networks] = [await client.containers(), await client.networks()];
    client.close();
    if (containers.kind !== "ok" || networks.kind !== "ok") throw new Error("the engine did not answer");
    const options = { port: 80, hostNetworkingHost: "localhost", matchFirstNetwork: true };
    const ours = dockerTargets(containers.value, networks.value, options);
    const sorted = (targets: readonly object[]) => targets.map((target) => JSON.stringify(ordered(target))).sort();
    expect(sorted(ours.map((target) => Object.fromEntries(target)))).toEqual(sorted(theirs));
  });

  async function discovered(): Promise<Record<string, string>[]> {
    const answer: unknown = await (await fetch(url)).json();
    return objectsOf(objectOf(objectOf(answer).data).activeTargets).map((target) =>
      Object.fromEntries(
        Object.entries(objectOf(target.discoveredLabels))
          .filter(([name]) => !added.test(name))
          .map(([name, value]) => [name, String(value)]),
      ),
    );
  }
});

/** By name, without empty values, which stand for absent labels. */
function ordered(target: object): [string, string][] {
  return Object.entries(target)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
