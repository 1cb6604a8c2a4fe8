import { describe, expect, it } from "vitest";
import { endpointsTargets } from "../../shared/discovery/kubernetes/endpoints.ts";
import { endpointsliceTargets } from "../../shared/discovery/kubernetes/endpointslice.ts";
import { ingressTargets } from "../../shared/discovery/kubernetes/ingress.ts";
import { nodeTargets } from "../../shared/discovery/kubernetes/node.ts";
import { serviceTargets } from "../../shared/discovery/kubernetes/service.ts";
import { trimmed } from "../../shared/discovery/kubernetes/trim.ts";
import { pod, stores } from "../support/discovery/kubernetes-objects.ts";

const k = "__meta_kubernetes_";
type Targets = readonly ReadonlyMap<string, string>[];
const plain = (targets: Targets) => targets.map((target) => Object.fromEntries(target));
const addresses = (targets: Targets) => targets.map((target) => target.get("__address__"));

const service = {
  metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
  spec: { type: "ClusterIP", clusterIP: "10.96.0.1", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
};

describe("serviceTargets()", () => {
  it("addresses a service by its DNS name", () => {
    expect(plain(serviceTargets(service, stores({})))).toEqual([
      {
        __address__: "web.shop.svc:80",
        [`${k}namespace`]: "shop",
        [`${k}service_name`]: "web",
        [`${k}service_label_app`]: "web",
        [`${k}service_labelpresent_app`]: "true",
        [`${k}service_port_name`]: "http",
        [`${k}service_port_number`]: "80",
        [`${k}service_port_protocol`]: "TCP",
        [`${k}service_type`]: "ClusterIP",
        [`${k}service_cluster_ip`]: "10.96.0.1",
      },
    ]);
  });

  it("gives the external name instead of an address of the cluster", () => {
    const external = { ...service, spec: { type: "ExternalName", externalName: "db.example", ports: [{ port: 1 }] } };
    const [target] = serviceTargets(trimmed(external), stores({}));
    expect(target?.get(`${k}service_external_name`)).toBe("db.example");
    expect(target?.has(`${k}service_cluster_ip`)).toBe(false);
  });
});

describe("nodeTargets()", () => {
  const node = {
    metadata: { name: "node-1", labels: { "topology.kubernetes.io/zone": "a" } },
    spec: { providerID: "aws:///i-1" },
    status: {
      addresses: [
        { type: "Hostname", address: "node-1" },
        { type: "InternalIP", address: "10.0.0.1" },
        { type: "InternalIP", address: "10.0.0.2" },
      ],
      conditions: [{ type: "Ready", status: "True" }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    },
  };

  it("gives the kubelet at the best address", () => {
    expect(plain(nodeTargets(trimmed(node)))).toEqual([
      {
        __address__: "10.0.0.1:10250",
        instance: "node-1",
        [`${k}node_provider_id`]: "aws:///i-1",
        [`${k}node_condition_ready`]: "true",
        [`${k}node_name`]: "node-1",
        [`${k}node_label_topology_kubernetes_io_zone`]: "a",
        [`${k}node_labelpresent_topology_kubernetes_io_zone`]: "true",
        [`${k}node_address_Hostname`]: "node-1",
        [`${k}node_address_InternalIP`]: "10.0.0.1",
      },
    ]);
  });

  it("gives none without an address", () => {
    expect(nodeTargets({ ...node, status: {} })).toEqual([]);
  });
});

describe("ingressTargets()", () => {
  const ingress = {
    metadata: { name: "shop", namespace: "shop" },
    spec: {
      ingressClassName: "nginx",
      tls: [{ hosts: ["*.example.com"] }],
      rules: [{ host: "a.example.com", http: { paths: [{ path: "/x" }, {}] } }, { host: "a.b.example.com" }],
    },
  };

  it("gives a target for each path, https where a certificate covers the host", () => {
    const targets = ingressTargets(trimmed(ingress), stores({}));
    expect(plain(targets)[0]).toEqual({
      __address__: "a.example.com",
      [`${k}namespace`]: "shop",
      [`${k}ingress_class_name`]: "nginx",
      [`${k}ingress_name`]: "shop",
      [`${k}ingress_scheme`]: "https",
      [`${k}ingress_host`]: "a.example.com",
      [`${k}ingress_path`]: "/x",
    });
    expect(targets.map((target) => [target.get(`${k}ingress_scheme`), target.get(`${k}ingress_path`)])).toEqual([
      ["https", "/x"],
      ["https", "/"],
      ["http", "/"],
    ]);
  });
});

describe("endpointsTargets()", () => {
  const endpoints = {
    metadata: { name: "web", namespace: "shop" },
    subsets: [
      {
        addresses: [
          { ip: "10.1.0.5", nodeName: "node-1", targetRef: { kind: "Pod", name: "web", namespace: "shop" } },
          { ip: "10.9.9.9" },
        ],
        notReadyAddresses: [{ ip: "10.9.9.8", hostname: "late" }],
        ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      },
    ],
  };

  it("says whether an address is ready, and adds the pod behind it", () => {
    const targets = endpointsTargets(trimmed(endpoints), stores({ pods: [pod("web")], services: [service] }));
    expect(addresses(targets)).toEqual(["10.1.0.5:8080", "10.9.9.9:8080", "10.9.9.8:8080", "10.1.0.5:53"]);
    const [first, , third] = targets;
    expect(first?.get(`${k}service_label_app`)).toBe("web");
    expect(first?.get(`${k}pod_name`)).toBe("web");
    expect(first?.get(`${k}pod_container_port_name`)).toBe("http");
    expect(first?.get(`${k}endpoint_address_target_kind`)).toBe("Pod");
    expect(first?.get(`${k}endpoint_node_name`)).toBe("node-1");
    expect(third?.get(`${k}endpoint_ready`)).toBe("false");
    expect(third?.get(`${k}endpoint_hostname`)).toBe("late");
    expect(third?.has(`${k}pod_name`)).toBe(false);
  });
});

describe("endpointsliceTargets()", () => {
  const slice = {
    metadata: { name: "web-abc", namespace: "shop", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP", appProtocol: "h2c" }],
    endpoints: [
      {
        addresses: ["10.1.0.5"],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: "node-1",
        zone: "a",
        targetRef: { kind: "Pod", name: "web", namespace: "shop" },
      },
    ],
  };

  it("gives addresses, conditions and the pod behind them", () => {
    const targets = endpointsliceTargets(trimmed(slice), stores({ pods: [pod("web")], services: [service] }));
    expect(addresses(targets)).toEqual(["10.1.0.5:8080", "10.1.0.5:53"]);
    const [target] = plain(targets);
    expect(target).toMatchObject({
      [`${k}endpointslice_name`]: "web-abc",
      [`${k}endpointslice_address_type`]: "IPv4",
      [`${k}endpointslice_port`]: "8080",
      [`${k}endpointslice_port_app_protocol`]: "h2c",
      [`${k}endpointslice_endpoint_conditions_ready`]: "true",
      [`${k}endpointslice_endpoint_conditions_terminating`]: "false",
      [`${k}endpointslice_endpoint_zone`]: "a",
      [`${k}service_name`]: "web",
      [`${k}pod_name`]: "web",
    });
  });

  it("leaves out the second slice of a service with two IP families", () => {
    const dual = { ...service, spec: { ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv6", "IPv4"] } };
    expect(endpointsliceTargets(slice, stores({ services: [dual] }))).toEqual([]);
  });
});
