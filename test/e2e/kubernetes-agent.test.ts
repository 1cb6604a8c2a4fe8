import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { type ApiServer, canRunKubernetes, kubeconfigOf, startApiServer } from "../support/kubernetes/api-server.ts";
import { type ExpositionServer, startExposition } from "../support/prometheus/exposition-server.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";

/** Pods by their annotations, with the address from a secret of the cluster. */
const config = `
remote.kubernetes.secret "write" {
  namespace = "shop"
  name      = "write"
  client {
    kubeconfig_file = sys.env("KUBECONFIG")
  }
}
discovery.kubernetes "pods" {
  role            = "pod"
  kubeconfig_file = sys.env("KUBECONFIG")
}
discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
  rule {
    source_labels = ["__meta_kubernetes_pod_annotation_prometheus_io_scrape"]
    regex         = "true"
    action        = "keep"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_annotation_prometheus_io_path"]
    regex         = "(.+)"
    target_label  = "__metrics_path__"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_ip", "__meta_kubernetes_pod_annotation_prometheus_io_port"]
    separator     = ":"
    regex         = "(.+):(\\\\d+)"
    replacement   = "$1:$2"
    target_label  = "__address__"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }
}
prometheus.scrape "pods" {
  targets         = discovery.relabel.pods.output
  forward_to      = [prometheus.remote_write.default.receiver]
  job_name        = "pods"
  scrape_interval = "1s"
  scrape_timeout  = "1s"
}
prometheus.remote_write "default" {
  endpoint {
    url = convert.nonsensitive(remote.kubernetes.secret.write.data["url"])
    queue_config { batch_send_deadline = "100ms" }
  }
}
`;

describe.skipIf(!canRunKubernetes || !peers.prometheus)("annotated pods of a real API server", () => {
  let api: ApiServer;
  let prometheus: PrometheusServer;
  let target: ExpositionServer;
  let pipeline: PipelineProcess;
  let directory: string;

  beforeAll(async () => {
    [api, prometheus, target] = await Promise.all([startApiServer(), startPrometheus(), startExposition("app_up 1\n")]);
    directory = mkdtempSync(join(tmpdir(), "sluice-kubeconfig-"));
    const kubeconfig = join(directory, "config");
    writeFileSync(kubeconfig, kubeconfigOf(api));
    await api.send("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
    await api.send("POST", "/api/v1/namespaces/shop/secrets", {
      metadata: { name: "write" },
      stringData: { url: `${prometheus.url}/api/v1/write` },
    });
    await createPod("scraped", { "prometheus.io/scrape": "true" });
    await createPod("ignored", {});
    pipeline = await startPipelineProcess({ config, env: { KUBECONFIG: kubeconfig } });
  });
  afterAll(async () => {
    await pipeline?.end("SIGTERM");
    await Promise.all([api?.stop(), prometheus?.close(), target?.close()]);
    rmSync(directory, { recursive: true, force: true });
  });

  /** The pod's address is loopback, where the tests' target listens. */
  async function createPod(name: string, annotations: Record<string, string>): Promise<void> {
    const [ip = "", port = ""] = target.address.split(":");
    await api.send("POST", "/api/v1/namespaces/shop/pods", {
      metadata: { name, annotations: { ...annotations, "prometheus.io/port": port, "prometheus.io/path": "/custom" } },
      spec: { containers: [{ name: "app", image: "app:1", ports: [{ containerPort: 8080 }] }] },
    });
    await api.send("PATCH", `/api/v1/namespaces/shop/pods/${name}/status`, {
      status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
    });
  }
  const pods = async () =>
    [...(await prometheus.query('app_up{job="pods"}')).keys()].map((key) => /"pod":"([^"]+)"/.exec(key)?.[1]);

  it("scrapes those that ask for it, at the port and path that they name", async () => {
    await expect.poll(pods).toEqual(["scraped"]);
  });

  it("follows pods that come and go", async () => {
    await createPod("late", { "prometheus.io/scrape": "true" });
    await expect.poll(async () => (await pods()).sort()).toEqual(["late", "scraped"]);
    await api.send("DELETE", "/api/v1/namespaces/shop/pods/scraped?gracePeriodSeconds=0");
    await expect.poll(pods).toEqual(["late"]);
  });
});
