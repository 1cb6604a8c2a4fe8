import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cadvisorExporter } from "../../daemon/components/prometheus/exporter/cadvisor.ts";
import type { ComponentHandler } from "../../daemon/controller/component.ts";
import { listContainerdContainers } from "../../shared/node/containerd/list-containers.ts";
import { decodeArguments, runComponent } from "../support/components/component-stand.ts";
import { type Containerd, canRunContainerd, startContainerd } from "../support/docker/containerd.ts";

const id = "5".repeat(64);

describe.skipIf(!canRunContainerd)("containers of a real containerd", () => {
  let containerd: Containerd;

  beforeAll(async () => {
    containerd = await startContainerd();
    containerd.run(id, { "io.kubernetes.pod.name": "web", "io.kubernetes.container.name": "app" });
  });
  afterAll(() => containerd?.stop());

  it("have the labels of their pod", async () => {
    let handler: ComponentHandler | undefined;
    const args = decodeArguments(
      cadvisorExporter.arguments,
      `docker_host = "unix:///nowhere"\ncontainerd_host = "${containerd.socket}"`,
    );
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
    const answer = await handler?.({ method: "GET", path: "/metrics", headers: {}, body: new Uint8Array() });
    const lines = new TextDecoder().decode(answer?.body).split("\n");
    const usage = lines.find((line) => line.startsWith("container_memory_usage_bytes") && line.includes(id));
    expect(usage).toContain(`name="${id}"`);
    expect(usage).toContain('container_label_io_kubernetes_pod_name="web"');
    expect(usage).toContain('container_label_io_kubernetes_container_name="app"');
    expect(lines).toContain("container_scrape_error 0");
    expect(component.events).toEqual([]);
    await component.stop();
  });

  it("are none in a namespace without any", async () => {
    const other = await listContainerdContainers({ socket: containerd.socket, namespace: "other" });
    expect(other).toEqual({ kind: "ok", value: [] });
  });
});

describe("containerd that is not there", () => {
  it("is told", async () => {
    const answer = await listContainerdContainers({ socket: "/nowhere/containerd.sock", namespace: "k8s.io" });
    expect(answer).toEqual({ kind: "failed", message: expect.stringContaining("ENOENT") });
  });
});
