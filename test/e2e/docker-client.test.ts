import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerTargets } from "../../shared/discovery/docker.ts";
import {
  createDockerClient,
  type DockerClient,
  hasTerminal,
  startedAt,
} from "../../shared/node/docker/docker-client.ts";
import { readLines } from "../../shared/node/read-lines.ts";
import { canRunDockerd, type Dockerd, startDockerd } from "../support/docker/dockerd.ts";

const options = { port: 80, hostNetworkingHost: "localhost", matchFirstNetwork: true };

describe.skipIf(!canRunDockerd)("the Docker client and a real engine", () => {
  let engine: Dockerd;
  let client: DockerClient;

  beforeAll(async () => {
    engine = await startDockerd();
    client = createDockerClient({ url: engine.host });
    engine.docker("network", "create", "--label", "team=x", "app");
    engine.docker(
      "run",
      "-d",
      "--name",
      "web",
      "--network",
      "app",
      "--label",
      "my.label=v",
      "--expose",
      "8080",
      "box",
      "sleep",
      "100",
    );
    engine.docker(
      "run",
      "-d",
      "--name",
      "plain",
      "--network",
      "host",
      "-t",
      "box",
      "sh",
      "-c",
      "echo hello; sleep 100",
    );
  });
  afterAll(async () => {
    client?.close();
    await engine?.stop();
  });

  it("gives the targets of running containers", async () => {
    const [containers, networks] = [await client.containers(), await client.networks()];
    if (containers.kind !== "ok" || networks.kind !== "ok") throw new Error("the engine did not answer");
    const targets = dockerTargets(containers.value, networks.value, options);
    const web = targets.find((target) => target.get("__meta_docker_container_name") === "/web");
    const ip = engine.docker("inspect", "--format", "{{.NetworkSettings.Networks.app.IPAddress}}", "web");
    expect(Object.fromEntries(web ?? [])).toMatchObject({
      __address__: `${ip}:8080`,
      __meta_docker_container_id: engine.docker("inspect", "--format", "{{.Id}}", "web"),
      __meta_docker_container_label_my_label: "v",
      __meta_docker_container_network_mode: "app",
      __meta_docker_network_ip: ip,
      __meta_docker_network_name: "app",
      __meta_docker_network_label_team: "x",
      __meta_docker_port_private: "8080",
    });
    const plain = targets.find((target) => target.get("__meta_docker_container_name") === "/plain");
    expect(plain?.get("__address__")).toBe("localhost");
  });

  it("filters, inspects and reads statistics", async () => {
    const filtered = await client.containers({ filters: new Map([["name", ["web"]]]) });
    expect(filtered.kind === "ok" && filtered.value.length).toBe(1);
    const inspected = await client.inspect("plain");
    if (inspected.kind !== "ok") throw new Error(inspected.message);
    expect(hasTerminal(inspected.value)).toBe(true);
    expect(startedAt(inspected.value)).toBeGreaterThan(Date.now() - 600_000);
    const stats = await client.stats("web");
    expect(stats.kind === "ok" && stats.value).toMatchObject({ name: "/web", cpu_stats: expect.anything() });
  });

  it("streams the log of a container that has a terminal as lines with timestamps", async () => {
    const logs = await client.logs("plain", { sinceSeconds: 0, follow: false });
    if (logs.kind !== "ok") throw new Error(logs.message);
    const lines: string[] = [];
    for await (const line of readLines(logs.value, 1_000_000)) lines.push(line.trim());
    expect(lines).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\S+Z hello$/)]);
  });

  it("says what happens to containers until it is stopped", async () => {
    const abort = new AbortController();
    const events = await client.events(abort.signal);
    if (events.kind !== "ok") throw new Error(events.message);
    const seen = events.value.iterator({ destroyOnReturn: false });
    engine.docker("run", "-d", "--name", "late", "--network", "none", "box", "sleep", "1");
    const { value } = await seen.next();
    expect(JSON.parse(String(value))).toMatchObject({ Type: "container", Action: "start" });
    abort.abort();
    await expect(seen.next()).rejects.toThrow();
  });

  it("tells what the engine refuses", async () => {
    expect(await client.inspect("nobody")).toEqual({
      kind: "failed",
      status: 404,
      message: expect.stringContaining("No such container: nobody"),
    });
  });
});

describe("the Docker client without an engine", () => {
  it("says that the socket is missing", async () => {
    const client = createDockerClient({ url: "unix:///nowhere/docker.sock" });
    expect(await client.containers()).toEqual({ kind: "failed", message: "connect ENOENT /nowhere/docker.sock" });
    client.close();
  });

  it("refuses an address that is not one", () => {
    expect(() => createDockerClient({ url: "docker.sock" })).toThrow("must be unix:///path");
  });
});
