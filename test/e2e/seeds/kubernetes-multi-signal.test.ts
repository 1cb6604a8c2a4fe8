import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../../bench/peers/find-peers.ts";
import { type PipelineProcess, startPipelineProcess } from "../../support/daemon/run-pipeline.ts";
import { canRunKubernetes } from "../../support/kubernetes/api-server.ts";
import { type Cluster, outsideOfCluster, startCluster } from "../../support/kubernetes/cluster.ts";
import { type FakeLoki, startFakeLoki } from "../../support/loki/fake-loki.ts";
import { type ExpositionServer, startExposition } from "../../support/prometheus/exposition-server.ts";
import { type PrometheusServer, startPrometheus } from "../../support/prometheus/prometheus-server.ts";

const example = join(import.meta.dirname, "../../../examples/kubernetes-multi-signal/config.alloy");
/** The line that the owner's notes print. */
const logLine = JSON.stringify({ level: "info", msg: "Request processed", traceID: "abc123", duration: 0.5 });

describe.skipIf(!canRunKubernetes || !peers.prometheus)(
  "the seed kubernetes-multi-signal (skipped without kube-apiserver, etcd, Prometheus)",
  () => {
    let cluster: Cluster;
    let prometheus: PrometheusServer;
    let loki: FakeLoki;
    let app: ExpositionServer;
    let pipeline: PipelineProcess;

    beforeAll(async () => {
      [cluster, prometheus, loki, app] = await Promise.all([
        startCluster(),
        startPrometheus(),
        startFakeLoki(),
        startExposition("http_requests_total 7\n"),
      ]);
      const port = app.address.split(":")[1] ?? "";
      const asked = { "prometheus.io/scrape": "true", "prometheus.io/port": port, "prometheus.io/path": "/metrics" };
      await cluster.createPod("web", asked);
      await cluster.createPod("quiet", { "prometheus.io/port": port });
      cluster.kubelet.write("shop/web/app", logLine);
      pipeline = await startPipelineProcess({
        config: outsideOfCluster(readFileSync(example, "utf8")),
        env: {
          KUBECONFIG: cluster.kubeconfig,
          NODE_NAME: "node-1",
          PROMETHEUS_URL: `${prometheus.url}/api/v1/write`,
          LOKI_URL: `${loki.url}/loki/api/v1/push`,
          TEMPO_ENDPOINT: "127.0.0.1:9",
        },
      });
    });
    afterAll(async () => {
      await pipeline?.end("SIGTERM");
      await Promise.all([cluster?.stop(), prometheus?.close(), loki?.close(), app?.close()]);
    });

    it("has the metrics of the pods whose annotations ask for it, and of no other", async () => {
      const pods = async () =>
        [...(await prometheus.query("http_requests_total")).keys()].map((key) => /"pod":"([^"]+)"/.exec(key)?.[1]);
      await expect.poll(pods).toEqual(["web"]);
      expect([...(await prometheus.query('up{namespace="shop",pod="web"}')).values()]).toEqual(["1"]);
    });

    it("has the pods' JSON logs at Loki, with level and trace", async () => {
      await expect.poll(() => loki.entries.map(({ line }) => line)).toEqual([logLine]);
      const [entry] = loki.entries;
      expect(entry?.labels).toBe(
        '{container="app", instance="shop/web:app", job="loki.source.kubernetes.pods", level="info", namespace="shop", pod="web"}',
      );
      expect(entry?.metadata).toEqual({ trace_id: "abc123" });
    });

    it("answers the owner's check", async () => {
      expect((await pipeline.page("/metrics")).text).toContain("alloy_build_info");
      expect((await pipeline.page("/-/ready")).status).toBe(200);
    });
  },
);
