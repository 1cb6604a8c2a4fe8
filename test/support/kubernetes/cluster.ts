import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiServer, kubeconfigOf, startApiServer } from "./api-server.ts";
import { type Kubelet, startKubelet } from "./kubelet.ts";

/** A cluster of one node, `node-1`, with the namespace `shop`: a real API server, and a kubelet that has logs. */
export interface Cluster {
  readonly api: ApiServer;
  readonly kubelet: Kubelet;
  /** A file of the user who may do everything. */
  readonly kubeconfig: string;
  /** Creates a pod that runs on the node, with one container, `app`. Its address is loopback. */
  createPod(name: string, annotations?: Readonly<Record<string, string>>, port?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; it is ready when this resolves. */
export async function startCluster(): Promise<Cluster> {
  const [api, kubelet] = await Promise.all([startApiServer(), startKubelet()]);
  const directory = mkdtempSync(join(tmpdir(), "sluice-cluster-"));
  const kubeconfig = join(directory, "config");
  writeFileSync(kubeconfig, kubeconfigOf(api));
  await api.send("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  await api.send("POST", "/api/v1/nodes", { metadata: { name: "node-1" } });
  await api.send("PATCH", "/api/v1/nodes/node-1/status", {
    status: {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
    },
  });
  return {
    api,
    kubelet,
    kubeconfig,
    async createPod(name, annotations = {}, containerPort = 8080) {
      await api.send("POST", "/api/v1/namespaces/shop/pods", {
        metadata: { name, annotations },
        spec: { nodeName: "node-1", containers: [{ name: "app", image: "app:1", ports: [{ containerPort }] }] },
      });
      const running = {
        name: "app",
        image: "app:1",
        imageID: "",
        ready: true,
        restartCount: 0,
        state: { running: {} },
      };
      await api.send("PATCH", `/api/v1/namespaces/shop/pods/${name}/status`, {
        status: { phase: "Running", podIP: "127.0.0.1", podIPs: [{ ip: "127.0.0.1" }], containerStatuses: [running] },
      });
    },
    async stop() {
      await Promise.all([api.stop(), kubelet.close()]);
      rmSync(directory, { recursive: true });
    },
  };
}

/**
 * A configuration of an example as a process outside of the cluster runs it: with a kubeconfig file where a pod has its service
 * account, and scraping every second.
 */
export function outsideOfCluster(config: string): string {
  const file = 'kubeconfig_file = sys.env("KUBECONFIG")';
  return config
    .replaceAll(/^(discovery\.kubernetes .*)$/gm, `$1\n\t${file}`)
    .replaceAll(/^(loki\.source\.kubernetes .*)$/gm, `$1\n\tclient {\n\t\t${file}\n\t}`)
    .replaceAll(/^(prometheus\.scrape .*)$/gm, '$1\n\tscrape_interval = "1s"\n\tscrape_timeout = "1s"')
    .replaceAll(/"0\.0\.0\.0:\d+"/g, '"127.0.0.1:0"');
}
