import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { type ApiServer, canRunKubernetes, kubeconfigOf, startApiServer } from "../support/kubernetes/api-server.ts";
import { type Kubelet, startKubelet } from "../support/kubernetes/kubelet.ts";
import { type FakeLoki, startFakeLoki } from "../support/loki/fake-loki.ts";

const config = (loki: string) => `
discovery.kubernetes "pods" {
  role            = "pod"
  kubeconfig_file = sys.env("KUBECONFIG")
}
discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
  rule {
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }
}
loki.source.kubernetes "pods" {
  targets    = discovery.relabel.pods.output
  forward_to = [loki.write.default.receiver]
  client {
    kubeconfig_file = sys.env("KUBECONFIG")
  }
}
loki.write "default" {
  endpoint {
    url        = "${loki}"
    batch_wait = "50ms"
  }
}
`;

const app = "shop/web/app";

describe.skipIf(!canRunKubernetes)("logs of pods through a real API server", () => {
  let api: ApiServer;
  let kubelet: Kubelet;
  let loki: FakeLoki;
  let pipeline: PipelineProcess;
  let directory: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    [api, kubelet, loki] = await Promise.all([startApiServer(), startKubelet(), startFakeLoki()]);
    directory = mkdtempSync(join(tmpdir(), "sluice-kubeconfig-"));
    env = { KUBECONFIG: join(directory, "config") };
    writeFileSync(join(directory, "config"), kubeconfigOf(api));
    await api.send("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
    await api.send("POST", "/api/v1/nodes", { metadata: { name: "node-1" } });
    await api.send("PATCH", "/api/v1/nodes/node-1/status", {
      status: {
        addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
        daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
      },
    });
    await api.send("POST", "/api/v1/namespaces/shop/pods", {
      metadata: { name: "web" },
      spec: { nodeName: "node-1", containers: [{ name: "app", image: "app:1" }] },
    });
    await api.send("PATCH", "/api/v1/namespaces/shop/pods/web/status", {
      status: {
        phase: "Running",
        podIP: "127.0.0.1",
        containerStatuses: [
          { name: "app", image: "app:1", imageID: "", ready: true, restartCount: 0, state: { running: {} } },
        ],
      },
    });
    kubelet.write(app, "one");
    pipeline = await startPipelineProcess({ config: config(loki.url), env });
  });
  afterAll(async () => {
    await pipeline?.end("SIGTERM");
    await Promise.all([api?.stop(), kubelet?.close(), loki?.close()]);
    rmSync(directory, { recursive: true, force: true });
  });
  const lines = () => loki.entries.map(({ line }) => line);

  it("follows a container", async () => {
    await expect.poll(lines).toEqual(["one"]);
    kubelet.write(app, "two");
    await expect.poll(lines).toEqual(["one", "two"]);
    expect(loki.entries[0]?.labels).toBe('{instance="shop/web:app", job="loki.source.kubernetes.pods", pod="web"}');
  });

  it("loses and repeats nothing when the connection ends or breaks", async () => {
    kubelet.cut(app);
    kubelet.write(app, "three");
    await expect.poll(lines).toEqual(["one", "two", "three"]);
    kubelet.cut(app, true);
    kubelet.write(app, "four");
    await expect.poll(lines).toEqual(["one", "two", "three", "four"]);
  });

  it("goes on when the container starts again and its log begins anew", async () => {
    kubelet.forget(app);
    kubelet.write(app, "five");
    kubelet.cut(app);
    await expect.poll(lines).toEqual(["one", "two", "three", "four", "five"]);
    kubelet.write(app, "six");
    await expect.poll(() => lines().at(-1)).toBe("six");
  });

  async function positionsSaved(): Promise<void> {
    const file = join(pipeline.directory, "data/loki.source.kubernetes.pods/positions.json");
    await expect.poll(() => readFileSync(file, "utf8")).toContain("cursor-shop/web:app");
  }

  it("goes on behind the last line after it was killed", async () => {
    await positionsSaved();
    await pipeline.end("SIGKILL");
    kubelet.write(app, "seven");
    pipeline = await startPipelineProcess({ config: config(loki.url), env, directory: pipeline.directory });
    await expect.poll(lines).toEqual(["one", "two", "three", "four", "five", "six", "seven"]);
    expect(kubelet.requests.at(-1)).toContain("sinceTime=");
  });

  it("stops when the pod is gone", async () => {
    await api.send("DELETE", "/api/v1/namespaces/shop/pods/web?gracePeriodSeconds=0");
    kubelet.cut(app);
    await expect.poll(() => pipeline.log()).toContain("read to the end");
  });
});
