import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { dockerDiscovery } from "../../daemon/components/discovery/docker.ts";
import { cadvisorExporter } from "../../daemon/components/prometheus/exporter/cadvisor.ts";
import type { ComponentHandler } from "../../daemon/controller/component.ts";
import { objectOf } from "../../shared/discovery/json.ts";
import { createDockerClient, type DockerClient } from "../../shared/node/docker/docker-client.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { decodeArguments, runComponent } from "../support/components/component-stand.ts";
import { canRunDockerd, type Dockerd, startDockerd } from "../support/docker/dockerd.ts";

describe.skipIf(!canRunDockerd)("components of Docker and a real engine", () => {
  let engine: Dockerd;

  beforeAll(async () => {
    engine = await startDockerd();
    engine.docker("network", "create", "app");
    engine.docker(
      "run",
      "-d",
      "--name",
      "busy",
      "--network",
      "app",
      "--label",
      "my.label=v",
      "box",
      "sh",
      "-c",
      "while true; do :; done",
    );
  });
  afterAll(() => engine?.stop());

  it("discovery.docker follows containers that come and go", async () => {
    const args = decodeArguments(dockerDiscovery.arguments, `host = "${engine.host}"\nmatch_first_network = true`);
    const clock = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(50, signal) };
    const component = await runComponent(dockerDiscovery, args, { clock });
    const names = () =>
      component
        .exports()
        .targets.map((target) => target.get("__meta_docker_container_name"))
        .sort();
    const until = (expected: string[]) => vi.waitFor(() => expect(names()).toEqual(expected), { timeout: 5000 });
    await until(["/busy"]);
    engine.docker("run", "-d", "--name", "late", "--network", "app", "box", "sleep", "100");
    await until(["/busy", "/late"]);
    engine.docker("rm", "--force", "late");
    await until(["/busy"]);
    await component.stop();
  });

  it("prometheus.exporter.cadvisor agrees with the engine's own statistics", async () => {
    let handler: ComponentHandler | undefined;
    const args = decodeArguments(cadvisorExporter.arguments, `docker_host = "${engine.host}"`);
    const component = await runComponent(cadvisorExporter, args, {
      http: {
        memoryAddress: "memory:1",
        path: "/x/",
        handle: (next) => {
          handler = next;
        },
        request: () => Promise.reject(new Error("not asked for")),
      },
    });
    const client = createDockerClient({ url: engine.host });
    const before = await usage(client);
    const answer = await handler?.({ method: "GET", path: "/metrics", headers: {}, body: new Uint8Array() });
    const lines = new TextDecoder().decode(answer?.body).split("\n");
    const id = engine.docker("inspect", "--format", "{{.Id}}", "busy");
    const own = lines.filter((line) => line.includes(id));
    const sum = (name: string) =>
      own
        .filter((line) => line.startsWith(`${name}{`))
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);

    expect(own[0]).toContain('name="busy"');
    expect(own[0]).toContain('image="box"');
    expect(own[0]).toContain('container_label_my_label="v"');
    const cpu = sum("container_cpu_usage_seconds_total");
    // The two add the same nanoseconds up in another order.
    expect(cpu).toBeGreaterThanOrEqual(before.cpuSeconds - 1e-6);
    expect(cpu).toBeLessThanOrEqual((await usage(client)).cpuSeconds);
    expect(Math.abs(sum("container_memory_usage_bytes") - before.memoryBytes)).toBeLessThan(1_000_000);
    expect(sum("container_network_receive_bytes_total")).toBeGreaterThanOrEqual(0);
    expect(
      own.some((line) => line.startsWith("container_network_receive_bytes_total") && line.includes('interface="eth0"')),
    ).toBe(true);
    const running = own.find((line) => line.startsWith("container_tasks_state") && line.includes('state="running"'));
    expect(running).toMatch(/ 1$/);
    expect(lines).toContain("container_scrape_error 0");
    expect(lines.some((line) => line.startsWith('container_fs_usage_bytes{id="/",device="/dev/'))).toBe(true);
    expect(lines.some((line) => line.startsWith('container_cpu_user_seconds_total{id="/"}'))).toBe(true);
    client.close();
    await component.stop();
  });
});

async function usage(client: DockerClient): Promise<{ cpuSeconds: number; memoryBytes: number }> {
  const stats = await client.stats("busy");
  if (stats.kind !== "ok") throw new Error(stats.message);
  const cpu = objectOf(objectOf(stats.value.cpu_stats).cpu_usage).total_usage;
  return { cpuSeconds: Number(cpu) / 1e9, memoryBytes: Number(objectOf(stats.value.memory_stats).usage) };
}
