import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { kubernetesDiscovery } from "../../daemon/components/discovery/kubernetes.ts";
import { decodeArguments, runComponent } from "../support/components/component-stand.ts";
import { type ApiServer, canRunKubernetes, startApiServer } from "../support/kubernetes/api-server.ts";

const k = "__meta_kubernetes_";

describe.skipIf(!canRunKubernetes)("discovery.kubernetes and a real API server", () => {
  let api: ApiServer;

  beforeAll(async () => {
    api = await startApiServer();
    await api.send("POST", "/api/v1/namespaces", { metadata: { name: "shop", labels: { team: "x" } } });
    await api.send("POST", "/api/v1/nodes", { metadata: { name: "node-1", labels: { zone: "a" } } });
    await api.send("PATCH", "/api/v1/nodes/node-1/status", {
      status: {
        addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      },
    });
    await createPod("web", "10.1.0.5");
    await api.send("POST", "/api/v1/namespaces/shop/services", {
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
    });
    await api.send("POST", "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices", {
      metadata: { name: "web-1", labels: { "kubernetes.io/service-name": "web" } },
      addressType: "IPv4",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: [
        {
          addresses: ["10.1.0.5"],
          conditions: { ready: true },
          targetRef: { kind: "Pod", name: "web", namespace: "shop" },
        },
      ],
    });
    await api.send("POST", "/apis/networking.k8s.io/v1/namespaces/shop/ingresses", {
      metadata: { name: "web" },
      spec: {
        rules: [
          {
            host: "shop.example",
            http: {
              paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
            },
          },
        ],
      },
    });
  });
  afterAll(() => api?.stop());

  async function createPod(name: string, ip: string): Promise<void> {
    await api.send("POST", "/api/v1/namespaces/shop/pods", {
      metadata: { name, labels: { app: "web" }, annotations: { "prometheus.io/scrape": "true" } },
      spec: {
        nodeName: "node-1",
        containers: [{ name: "app", image: "app:1", ports: [{ name: "http", containerPort: 8080 }] }],
      },
    });
    await api.send("PATCH", `/api/v1/namespaces/shop/pods/${name}/status`, {
      status: { phase: "Running", podIP: ip, podIPs: [{ ip }], conditions: [{ type: "Ready", status: "True" }] },
    });
  }

  async function start(role: string, more = "", token = api.adminToken) {
    const text = `role = "${role}"\napi_server = "${api.url}"\nbearer_token = "${token}"\ntls_config {\n  ca_file = "${api.caFile}"\n}\n${more}`;
    const component = await runComponent(kubernetesDiscovery, decodeArguments(kubernetesDiscovery.arguments, text));
    const targets = () => component.exports().targets.map((target) => Object.fromEntries(target));
    const until = (check: (found: Record<string, string>[]) => void) =>
      vi.waitFor(() => check(targets()), { timeout: 10_000, interval: 20 });
    return { ...component, targets, until };
  }

  it("follows pods that come, change and go, with what is attached", async () => {
    const { until, stop, targets } = await start("pod", "attach_metadata {\n node = true\n namespace = true\n}");
    await until((found) => expect(found).toHaveLength(1));
    expect(targets()[0]).toMatchObject({
      __address__: "10.1.0.5:8080",
      [`${k}namespace`]: "shop",
      [`${k}namespace_label_team`]: "x",
      [`${k}node_label_zone`]: "a",
      [`${k}pod_annotation_prometheus_io_scrape`]: "true",
      [`${k}pod_container_port_name`]: "http",
      [`${k}pod_container_port_protocol`]: "TCP",
      [`${k}pod_label_app`]: "web",
      [`${k}pod_name`]: "web",
      [`${k}pod_phase`]: "Running",
      [`${k}pod_ready`]: "true",
    });
    await createPod("late", "10.1.0.6");
    await until((found) => expect(found.map((target) => target.__address__)).toContain("10.1.0.6:8080"));
    await api.send("DELETE", "/api/v1/namespaces/shop/pods/late?gracePeriodSeconds=0");
    await until((found) => expect(found).toHaveLength(1));
    await stop();
  });

  it.each([
    ["service", "web.shop.svc:80", `${k}service_port_name`, "http"],
    ["endpointslice", "10.1.0.5:8080", `${k}pod_name`, "web"],
    ["ingress", "shop.example", `${k}ingress_path`, "/"],
    ["node", "10.0.0.1:10250", `${k}node_name`, "node-1"],
  ])("finds the role %s", async (role, address, label, value) => {
    const { until, stop, targets } = await start(role);
    await until((found) => expect(found.map((target) => target.__address__)).toContain(address));
    expect(targets().find((target) => target.__address__ === address)?.[label]).toBe(value);
    await stop();
  });

  it("lets the server select", async () => {
    const { until, stop, targets } = await start(
      "pod",
      'namespaces {\n names = ["shop"]\n}\nselectors {\n role = "pod"\n label = "app=other"\n}',
    );
    await until(() => expect(targets()).toEqual([]));
    await stop();
  });

  it("tells what it is not allowed to see, in the server's words", async () => {
    const { events, stop } = await start("pod", "", api.guestToken);
    await vi.waitFor(() => expect(events).toHaveLength(1), { timeout: 10_000 });
    expect(events[0]).toEqual({
      name: "discovery.failed",
      fields: { message: expect.stringMatching(/^403 pods is forbidden: User "guest" cannot list resource "pods"/) },
    });
    await stop();
  });
});
