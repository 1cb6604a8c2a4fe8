import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PipelineProcess, startPipelineProcess } from "../../support/daemon/run-pipeline.ts";
import { type LenientReceiver, startLenientReceiver } from "../../support/destination/lenient-receiver.ts";
import { canRunKubernetes } from "../../support/kubernetes/api-server.ts";
import { type Cluster, outsideOfCluster, startCluster } from "../../support/kubernetes/cluster.ts";
import { type ExpositionServer, startExposition } from "../../support/prometheus/exposition-server.ts";

const example = join(import.meta.dirname, "../../../examples/kubernetes-helmfile/config.alloy");
const secret = "oauth2-secret-1";

describe.skipIf(!canRunKubernetes)("the seed kubernetes-helmfile (skipped without kube-apiserver and etcd)", () => {
  let cluster: Cluster;
  let gateway: LenientReceiver;
  let tokens: Server;
  let pod: ExpositionServer;
  let pipeline: PipelineProcess;
  const config = outsideOfCluster(readFileSync(example, "utf8"));

  beforeAll(async () => {
    tokens = createServer((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ access_token: "token-1", token_type: "Bearer", expires_in: 3600 }));
    });
    await new Promise<void>((resolve) => tokens.listen(0, "127.0.0.1", resolve));
    [cluster, gateway, pod] = await Promise.all([
      startCluster(),
      startLenientReceiver(),
      startExposition("pod_requests_total 7\n"),
    ]);
    await cluster.createPod("web", { "prometheus.io/scrape": "true" }, Number(pod.address.split(":")[1]));
    for (const line of ["order placed", "GET /-/healthy 200"]) cluster.kubelet.write("shop/web/app", line);
    pipeline = await startPipelineProcess({
      config,
      env: {
        KUBECONFIG: cluster.kubeconfig,
        OTLP_ENDPOINT: gateway.url,
        OAUTH2_CLIENT_ID: "sluice",
        OAUTH2_CLIENT_SECRET: secret,
        OAUTH2_TOKEN_URL: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`,
      },
    });
  });
  afterAll(async () => {
    await pipeline?.end("SIGTERM");
    await Promise.all([cluster?.stop(), gateway?.close(), pod?.close()]);
    tokens?.close();
  });

  it("sends the metrics of node, containers and annotated pods as OTLP, with a token of OAuth2", async () => {
    const wanted = ["node_load1", "container_cpu_usage_seconds_total", "pod_requests_total"];
    await expect.poll(() => wanted.filter((name) => !gateway.metrics.has(name)), { timeout: 15_000 }).toEqual([]);
    expect([...gateway.authorizations]).toEqual(["Bearer token-1"]);
  });

  it("sends the logs of pods, without those that the filter drops", async () => {
    await expect.poll(() => gateway.names.has("order placed")).toBe(true);
    expect(gateway.names).not.toContain("GET /-/healthy 200");
  });

  it("takes a change of the ConfigMap with the owner's command, and refuses a bad one in words", async () => {
    pipeline.configure(config.replace('level  = "info"', 'level  = "loud"'));
    const refused = await pipeline.page("/-/reload", "POST");
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining("loud") });
    pipeline.configure(config.replace('level  = "info"', 'level  = "debug"'));
    expect(await pipeline.page("/-/reload", "POST")).toMatchObject({ status: 200, text: "config reloaded\n" });
  });

  it("shows no secret on its pages or in its log", async () => {
    const id = "otelcol.auth.oauth2.gateway";
    const paths = [`/api/v0/web/components/${id}`, "/api/v0/web/components", "/metrics"];
    const pages = await Promise.all(paths.map((path) => pipeline.page(path)));
    expect([...pages.map(({ text }) => text), pipeline.log()].join("\n")).not.toContain(secret);
  });
});
